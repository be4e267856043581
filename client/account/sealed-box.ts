/** Symmetric encryption as docs/protocol.md writes it: AES-256-GCM-SIV as nonce(12) ‖ ciphertext ‖ tag(16), keys by HKDF. */
import { concatBytes, copyBytes, encodeUtf8 } from '../bytes.ts';
import type { Bytes, SignalLibrary } from '../ports.ts';

export const NONCE_BYTES = 12;
const KEY_BYTES = 32;

export function deriveKey(signal: SignalLibrary, secret: Bytes, label: string, ...context: Uint8Array[]): Bytes {
  return signal.hkdf(KEY_BYTES, secret, concatBytes(encodeUtf8(label), ...context), new Uint8Array(KEY_BYTES));
}

export function seal(signal: SignalLibrary, key: Bytes, nonce: Bytes, plaintext: Bytes, aad: Bytes): Bytes {
  return concatBytes(nonce, signal.Aes256GcmSiv.new(key).encrypt(plaintext, nonce, aad));
}

/** Throws when the key or `aad` is another one, or the box was changed. */
export function open(signal: SignalLibrary, key: Bytes, box: Uint8Array, aad: Bytes): Bytes {
  const nonce = copyBytes(box.subarray(0, NONCE_BYTES));
  return signal.Aes256GcmSiv.new(key).decrypt(copyBytes(box.subarray(NONCE_BYTES)), nonce, aad);
}
