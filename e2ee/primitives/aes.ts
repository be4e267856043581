// The three AES-256 modes of the protocol, over @noble/ciphers.
import { cbc, ctr, gcmsiv } from '@noble/ciphers/aes.js';
import type { Bytes } from './bytes.ts';

/** AES-256-CBC with PKCS#7 padding: bodies of SignalMessage and SenderKeyMessage. `iv` is 16 bytes. */
export function encryptAesCbc(key: Bytes, iv: Bytes, plaintext: Bytes): Bytes {
  return cbc(key, iv).encrypt(plaintext);
}

/** Null when the length or the padding is wrong. Callers have checked a MAC or a signature, so this is no padding oracle. */
export function decryptAesCbc(key: Bytes, iv: Bytes, ciphertext: Bytes): Bytes | null {
  try {
    return cbc(key, iv).decrypt(ciphertext);
  } catch {
    return null;
  }
}

/** AES-256-CTR from an all-zero counter block: sealed sender v1, whose keys are used once. Its own inverse. */
export function applyAesCtr(key: Bytes, input: Bytes): Bytes {
  return ctr(key, new Uint8Array(16)).encrypt(input);
}

/** AES-256-GCM-SIV (RFC 8452), the 16-byte tag appended. */
export function sealAesGcmSiv(key: Bytes, nonce: Bytes, plaintext: Bytes, associatedData: Bytes): Bytes {
  return gcmsiv(key, nonce, associatedData).encrypt(plaintext);
}

/** Null when the tag does not hold. */
export function openAesGcmSiv(key: Bytes, nonce: Bytes, ciphertext: Bytes, associatedData: Bytes): Bytes | null {
  try {
    return gcmsiv(key, nonce, associatedData).decrypt(ciphertext);
  } catch {
    return null;
  }
}
