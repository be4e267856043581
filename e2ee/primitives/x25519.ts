// X25519 (RFC 7748). WebCrypto does it natively, an order of magnitude faster and in constant time; noble does it where
// WebCrypto cannot, and wherever the API is synchronous. Both give the same bytes, which the tests hold.
import { montgomery } from '@noble/curves/abstract/montgomery.js';
import { Point } from '@noble/ed25519';
import { type Bytes, concatBytes, equalBytes, isAllZero } from './bytes.ts';
import {
  FIELD_ORDER,
  invertField,
  littleEndian,
  multiplyBase,
  toEdwardsY,
  toLittleEndian,
  toScalar,
} from './curve25519.ts';
import { hostCrypto, type HostKey, type Subtle } from './web-crypto.ts';

export interface X25519KeyPair {
  /** The u-coordinate, 32 bytes, without the type byte of the wire. */
  readonly publicKey: Bytes;
  /** The clamped scalar, 32 bytes. */
  readonly privateKey: Bytes;
}

const BASE_POINT = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 9 : 0));
const ALGORITHM = { name: 'X25519' } as const;
/** RFC 8410 section 7: the DER around a raw private key. */
const PKCS8_PREFIX = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20);

/** The ladder for any point; public keys by the Edwards form, whose base point has a table: u = (1 + y) / (1 - y). */
const x25519 = /* @__PURE__ */ montgomery({
  P: FIELD_ORDER,
  type: 'x25519',
  adjustScalarBytes: clampScalar,
  powPminus2: invertField,
  scalarMultBase: (scalar) => {
    const { Y, Z } = multiplyBase(toScalar(scalar));
    return (Z + Y) * invertField(Z - Y);
  },
});

/** RFC 7748 section 5: decodeScalar25519. */
export function clampScalar(bytes: Uint8Array): Bytes {
  const scalar = new Uint8Array(bytes);
  scalar[0] = (scalar[0] ?? 0) & 248;
  scalar[31] = ((scalar[31] ?? 0) & 127) | 64;
  return scalar;
}

/** Null for an all-zero result: the other key is of small order and would make the secret known to all (RFC 7748, 6.1). */
export function agreeSync(privateKey: Bytes, publicKey: Bytes): Bytes | null {
  try {
    const secret = x25519.getSharedSecret(privateKey, publicKey);
    return isAllZero(secret) ? null : secret;
  } catch {
    return null;
  }
}

export function derivePublicKeySync(privateKey: Bytes): Bytes {
  return x25519.getPublicKey(privateKey);
}

/** As agreeSync, by WebCrypto where it is present. */
export async function agree(privateKey: Bytes, publicKey: Bytes): Promise<Bytes | null> {
  const subtle = await nativeX25519();
  return subtle === null ? agreeSync(privateKey, publicKey) : agreeNatively(subtle, privateKey, publicKey);
}

/** The public key is the agreement with the base point, so the fast path is the same. */
export async function derivePublicKey(privateKey: Bytes): Promise<Bytes> {
  const subtle = await nativeX25519();
  const derived = subtle === null ? null : await agreeNatively(subtle, privateKey, BASE_POINT);
  return derived ?? derivePublicKeySync(privateKey);
}

/** A key pair from 32 random bytes. */
export async function deriveKeyPair(seed: Uint8Array): Promise<X25519KeyPair> {
  const privateKey = clampScalar(seed);
  return { privateKey, publicKey: await derivePublicKey(privateKey) };
}

/**
 * Whether a u-coordinate is encoded canonically and its point has no small-order part. A PQXDH initiator's base key must
 * be: otherwise one handshake could be replayed under eight encodings of the same key.
 */
export function isCanonicalPoint(publicKey: Bytes): boolean {
  if ((publicKey[31] ?? 0) >= 0x80) return false;
  const u = littleEndian(publicKey);
  const y = u < FIELD_ORDER ? toEdwardsY(u) : null;
  try {
    return y !== null && Point.fromBytes(toLittleEndian(y)).isTorsionFree();
  } catch {
    return false;
  }
}

let probed: Promise<Subtle | null> | undefined;

/** The host's X25519, if it has one that gives the right answer: asked once, then remembered. */
function nativeX25519(): Promise<Subtle | null> {
  probed ??= probe();
  return probed;
}

async function probe(): Promise<Subtle | null> {
  const subtle = hostCrypto()?.subtle;
  if (subtle === undefined) return null;
  const scalar = clampScalar(new Uint8Array(32).fill(1));
  const answer = await agreeNatively(subtle, scalar, BASE_POINT);
  return answer !== null && equalBytes(answer, derivePublicKeySync(scalar)) ? subtle : null;
}

async function agreeNatively(subtle: Subtle, privateKey: Bytes, publicKey: Bytes): Promise<Bytes | null> {
  try {
    const [own, their] = await Promise.all([importPrivate(subtle, privateKey), importPublic(subtle, publicKey)]);
    const secret = new Uint8Array(await subtle.deriveBits({ ...ALGORITHM, public: their }, own, 256));
    return isAllZero(secret) ? null : secret;
  } catch {
    return null;
  }
}

function importPrivate(subtle: Subtle, key: Bytes): Promise<HostKey> {
  return subtle.importKey('pkcs8', concatBytes(PKCS8_PREFIX, key), ALGORITHM, false, ['deriveBits']);
}

function importPublic(subtle: Subtle, key: Bytes): Promise<HostKey> {
  return subtle.importKey('raw', key, ALGORITHM, false, []);
}
