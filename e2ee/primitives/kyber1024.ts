// Kyber-1024 of round 3 of the NIST competition, from noble's ML-KEM-1024 (FIPS 203).
//
// Both share K-PKE, sizes and key formats. Round 3 differs in that it hashes the message before use, and in that the
// secret is once more hashed together with the ciphertext: ss = SHAKE256(K || SHA3-256(ct)).
import { sha3_256, shake256 } from '@noble/hashes/sha3.js';
import { ml_kem1024 } from '@noble/post-quantum/ml-kem.js';
import { type Bytes, concatBytes, copyBytes, equalBytes } from './bytes.ts';

export const KYBER_PUBLIC_KEY_BYTES = 1568;
export const KYBER_SECRET_KEY_BYTES = 3168;
export const KYBER_CIPHERTEXT_BYTES = 1568;
export const KYBER_SEED_BYTES = 64;
export const KYBER_MESSAGE_BYTES = 32;

export interface KyberKeyPair {
  readonly publicKey: Bytes;
  readonly secretKey: Bytes;
}

export interface KyberEncapsulation {
  readonly ciphertext: Bytes;
  readonly sharedSecret: Bytes;
}

/** Keys by ML-KEM's key generation: it appends the rank to the seed, which no user of the keys can tell. */
export function generateKyberKeyPair(seed: Bytes): KyberKeyPair {
  const { publicKey, secretKey } = ml_kem1024.keygen(seed);
  return { publicKey: copyBytes(publicKey), secretKey: copyBytes(secretKey) };
}

/** Null when the public key is malformed (a coefficient of 3329 or more). `random` is 32 fresh bytes. */
export function encapsulateKyber(publicKey: Bytes, random: Bytes): KyberEncapsulation | null {
  try {
    const { cipherText, sharedSecret } = ml_kem1024.encapsulate(publicKey, sha3_256(random));
    return { ciphertext: copyBytes(cipherText), sharedSecret: bindToCiphertext(sharedSecret, cipherText) };
  } catch {
    return null;
  }
}

/** Null when the secret key is malformed. A wrong ciphertext gives a secret nobody knows (implicit rejection), as it must. */
export function decapsulateKyber(secretKey: Bytes, ciphertext: Bytes): Bytes | null {
  try {
    const K = ml_kem1024.decapsulate(ciphertext, secretKey);
    return bindToCiphertext(rejectAsRound3(K, secretKey, ciphertext), ciphertext);
  } catch {
    return null;
  }
}

/** On rejection ML-KEM gives SHAKE256(z || ct), round 3 gives z itself. Chosen by mask, not by branch. */
function rejectAsRound3(K: Uint8Array, secretKey: Bytes, ciphertext: Bytes): Uint8Array {
  const z = secretKey.subarray(KYBER_SECRET_KEY_BYTES - 32);
  const rejected = equalBytes(K, shake256(concatBytes(z, ciphertext), { dkLen: 32 }));
  const mask = -Number(rejected) & 0xff;
  return K.map((byte, i) => (byte & ~mask) | ((z[i] ?? 0) & mask));
}

function bindToCiphertext(K: Uint8Array, ciphertext: Uint8Array): Bytes {
  return shake256(concatBytes(K, sha3_256(ciphertext)), { dkLen: 32 });
}
