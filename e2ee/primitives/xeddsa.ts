// XEdDSA over Curve25519, as libsignal deploys it: signatures by X25519 keys.
//
// It differs from "The XEdDSA and VXEdDSA Signature Schemes" (Perrin, 2016, section 2.3) in one point: the private key is
// not negated to make the sign of A zero; the sign travels in the top bit of the signature instead.
import { Point } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { type Bytes, concatBytes, copyBytes, equalBytes } from './bytes.ts';
import { littleEndian, multiplyBase, toEdwardsY, toLittleEndian, toScalar } from './curve25519.ts';
import { hostCrypto, type Subtle } from './web-crypto.ts';

export const SIGNATURE_BYTES = 64;
export const SIGNATURE_RANDOM_BYTES = 64;

/** hash1 of section 2.3: a prefix that is no valid point, so that nonces and challenges never share an input. */
const NONCE_PREFIX = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 0xfe : 0xff));

/** `random` is 64 fresh bytes: with them a bad clock or a repeated message never repeats a nonce. */
export function signXeddsa(privateKey: Bytes, message: Uint8Array, random: Uint8Array): Bytes {
  const a = toScalar(littleEndian(privateKey));
  const A = multiplyBase(a).toBytes();
  const r = hashToScalar(NONCE_PREFIX, privateKey, message, random);
  const R = multiplyBase(r).toBytes();
  const h = hashToScalar(R, A, message);
  const signature = concatBytes(R, toLittleEndian(toScalar(r + h * a)));
  signature[63] = ((signature[63] ?? 0) & 0x7f) | ((A[31] ?? 0) & 0x80);
  return signature;
}

/**
 * Cofactorless, as libsignal: s need not be below the group's order, and keys of small order are not excluded. What is
 * signed here are keys, by their owners; nothing rests on a signature being the only one.
 */
export function verifyXeddsa(publicKey: Bytes, message: Uint8Array, signature: Uint8Array): boolean {
  const parts = splitSignature(publicKey, signature);
  if (parts === null) return false;
  try {
    const A = Point.fromBytes(parts.A, true);
    const encodedA = A.toBytes();
    const h = hashToScalar(parts.R, encodedA, message);
    const expected = Point.BASE.multiplyUnsafe(toScalar(littleEndian(parts.s))).subtract(A.multiplyUnsafe(h));
    return equalBytes(expected.toBytes(), parts.R);
  } catch {
    return false;
  }
}

/**
 * As verifyXeddsa, by WebCrypto's Ed25519 where it is present. Ed25519 is stricter about malleated signatures, so its yes
 * is taken and its no is asked again of the code above: hosts cannot come to different verdicts.
 */
export async function verifyXeddsaAsync(publicKey: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  const subtle = hostCrypto()?.subtle;
  const parts = subtle === undefined ? null : splitSignature(publicKey, signature);
  if (subtle !== undefined && parts !== null && (await verifyNatively(subtle, parts, message))) return true;
  return verifyXeddsa(publicKey, message, signature);
}

interface SignatureParts {
  /** The signer's key as a compressed Edwards point. */
  readonly A: Bytes;
  readonly R: Bytes;
  /** The scalar with the sign bit cleared. */
  readonly s: Bytes;
}

function splitSignature(publicKey: Bytes, signature: Uint8Array): SignatureParts | null {
  if (signature.length !== SIGNATURE_BYTES) return null;
  const s = copyBytes(signature.subarray(32));
  const top = s[31] ?? 0;
  s[31] = top & 0x7f;
  // What remains must be below 2^253.
  if ((top & 0x60) !== 0) return null;
  const A = toEdwards(publicKey, top & 0x80);
  return A === null ? null : { A, R: copyBytes(signature.subarray(0, 32)), s };
}

/** The sign of x is given. */
function toEdwards(publicKey: Bytes, sign: number): Bytes | null {
  const masked = copyBytes(publicKey);
  masked[31] = (masked[31] ?? 0) & 0x7f;
  const y = toEdwardsY(littleEndian(masked));
  if (y === null) return null;
  const encoded = toLittleEndian(y);
  encoded[31] = (encoded[31] ?? 0) | sign;
  return encoded;
}

function hashToScalar(...parts: readonly Uint8Array[]): bigint {
  return toScalar(littleEndian(sha512(concatBytes(...parts))));
}

async function verifyNatively(subtle: Subtle, parts: SignatureParts, message: Bytes): Promise<boolean> {
  try {
    const algorithm = { name: 'Ed25519' };
    const key = await subtle.importKey('raw', parts.A, algorithm, false, ['verify']);
    return await subtle.verify(algorithm, key, concatBytes(parts.R, parts.s), message);
  } catch {
    return false;
  }
}
