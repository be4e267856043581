// ML-KEM-768 (FIPS 203) with encapsulation in two steps, so that the first part of a ciphertext can be sent before the
// encapsulation key has arrived (ML-KEM Braid, "incremental KEM interface").
//
// K-PKE.Encrypt (FIPS 203, algorithm 14) makes u from the matrix seed rho and the noise alone; only v needs the key. Step
// one below makes u, the only lattice code of our own in this engine. Step two is noble's whole encapsulation with the same
// randomness, of which v is kept, and whose u must equal what step one gave: each use of our code is checked against the
// library's before its result can matter.
import { sha3_256, sha3_512, shake256 } from '@noble/hashes/sha3.js';
import { genCrystals, XOF128 } from '@noble/post-quantum/_crystals.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { type Bytes, concatBytes, copyBytes, equalBytes } from '../primitives/bytes.ts';
import { erroneousData } from './spqr-error.ts';

/** FIPS 203, table 2, ML-KEM-768. */
const N = 256;
const Q = 3329;
const K = 3;
const DU = 10;

export const SEED_BYTES = 64;
export const MESSAGE_BYTES = 32;
/** rho and the hash of the whole key: what is known of a key at step one. */
export const HEADER_BYTES = 64;
/** t̂ alone: rho went with the header. */
export const ENCAPSULATION_KEY_BYTES = 1152;
export const CIPHERTEXT1_BYTES = 960;
export const CIPHERTEXT2_BYTES = 128;
const RHO_BYTES = 32;

export function generateDecapsulationKey(seed: Bytes): Bytes {
  return copyBytes(ml_kem768.keygen(seed).secretKey);
}

/** FIPS 203 algorithm 16: dk = dkPKE ‖ ek ‖ H(ek) ‖ z, so the decapsulation key is all that has to be kept. */
export function encapsulationKeyOf(dk: Bytes): Bytes {
  return dk.slice(1152, 1152 + ENCAPSULATION_KEY_BYTES);
}

export function headerOf(dk: Bytes): Bytes {
  const ekEnd = 1152 + ENCAPSULATION_KEY_BYTES + RHO_BYTES;
  return concatBytes(dk.subarray(ekEnd - RHO_BYTES, ekEnd), dk.subarray(ekEnd, ekEnd + 32));
}

export function decapsulate(dk: Bytes, ciphertext1: Bytes, ciphertext2: Bytes): Bytes {
  return copyBytes(ml_kem768.decapsulate(concatBytes(ciphertext1, ciphertext2), dk));
}

/** Step one: the u half of the ciphertext and the shared secret, from the header and 32 random bytes. */
export function encapsulate1(header: Bytes, message: Bytes): { ciphertext1: Bytes; sharedSecret: Bytes } {
  const rho = header.subarray(0, RHO_BYTES);
  const keyHash = header.subarray(RHO_BYTES);
  // FIPS 203 algorithm 17: (K, r) = G(m ‖ H(ek))
  const derived = sha3_512(concatBytes(message, keyHash));
  return { ciphertext1: encryptU(rho, derived.subarray(32)), sharedSecret: copyBytes(derived.subarray(0, 32)) };
}

/** Step two: the v half. Throws if the key is not the one that the header announced, or if step one went wrong. */
export function encapsulate2(header: Bytes, ek: Bytes, message: Bytes, ciphertext1: Bytes): Bytes {
  const fullKey = concatBytes(ek, header.subarray(0, RHO_BYTES));
  if (!equalBytes(sha3_256(fullKey), header.subarray(RHO_BYTES))) throw erroneousData();
  const ciphertext = encapsulateWhole(fullKey, message);
  if (!equalBytes(ciphertext.subarray(0, CIPHERTEXT1_BYTES), ciphertext1)) {
    throw new Error('SPQR: the first half of an encapsulation differs from the whole one');
  }
  return ciphertext.slice(CIPHERTEXT1_BYTES);
}

/** noble refuses keys with coefficients that are not reduced (FIPS 203, section 7.2). */
function encapsulateWhole(fullKey: Bytes, message: Bytes): Bytes {
  try {
    return copyBytes(ml_kem768.encapsulate(fullKey, message).cipherText);
  } catch {
    throw erroneousData();
  }
}

type Polynomial = Uint16Array<ArrayBuffer>;

const ring = /* @__PURE__ */ genCrystals<Polynomial>({
  N,
  Q,
  F: 3303,
  ROOT_OF_UNITY: 17,
  newPoly: (length) => new Uint16Array(length),
  brvBits: 7,
  isKyber: true,
});

const uCoder = /* @__PURE__ */ ring.bitsCoder(DU, { encode: compressU, decode: (value) => value });

/**
 * Compress_10 of FIPS 203 section 4.2.1, round(2^10 / q · x) mod 2^10, without a division: its time would depend on secret
 * data (KyberSlash). 1290167 / 2^32 stands for 1 / 3329; exact for all x below q.
 */
function compressU(x: number): number {
  return Math.floor(((x * 1024 + 1665) * 1290167) / 0x1_0000_0000) & 0x3ff;
}

/** u = NTT⁻¹(Âᵀ ∘ NTT(y)) + e1 (FIPS 203 algorithm 14, lines 4 to 19). */
function encryptU(rho: Bytes, r: Uint8Array): Bytes {
  const y = Array.from({ length: K }, (_, i) => ring.NTT.encode(sampleNoise(r, i)));
  const matrix = XOF128(rho);
  const rows = Array.from({ length: K }, (_, i) => {
    const sum = new Uint16Array(N);
    // Entry (i, j) of the transpose is (j, i) of Â, sampled from rho ‖ i ‖ j.
    for (const [j, yj] of y.entries()) addProduct(sum, sampleUniform(matrix.get(i, j)), yj);
    return add(sampleNoise(r, K + i), ring.NTT.decode(sum));
  });
  matrix.clean();
  return concatBytes(...rows.map((row) => uCoder.encode(row)));
}

/** SampleNTT, algorithm 7: 12-bit values below q, from an endless stream. */
function sampleUniform(nextBlock: () => Uint8Array): Polynomial {
  const out = new Uint16Array(N);
  let filled = 0;
  while (filled < N) {
    const block = nextBlock();
    for (let i = 0; i + 3 <= block.length; i += 3) {
      const [a = 0, b = 0, c = 0] = block.subarray(i, i + 3);
      for (const value of [a | ((b & 0x0f) << 8), (b >> 4) | (c << 4)]) {
        if (value < Q && filled < N) out[filled++] = value;
      }
    }
  }
  return out;
}

/** SamplePolyCBD with eta = 2, algorithm 8, over PRF(r, nonce) = SHAKE256(r ‖ nonce). */
function sampleNoise(r: Uint8Array, nonce: number): Polynomial {
  const stream = shake256(concatBytes(r, Uint8Array.of(nonce)), { dkLen: 128 });
  const out = new Uint16Array(N);
  for (let i = 0; i < N; i++) {
    const bits = (stream[i >> 1] ?? 0) >> (4 * (i & 1));
    const difference = (bits & 1) + ((bits >> 1) & 1) - ((bits >> 2) & 1) - ((bits >> 3) & 1);
    out[i] = difference + (Q & (difference >> 31));
  }
  return out;
}

/** sum += f ∘ g in the NTT domain: 128 products of linear polynomials modulo X² − γ (algorithms 11 and 12). */
function addProduct(sum: Polynomial, f: Polynomial, g: Polynomial): void {
  for (let i = 0; i < N; i += 2) {
    const [f0 = 0, f1 = 0] = f.subarray(i, i + 2);
    const [g0 = 0, g1 = 0] = g.subarray(i, i + 2);
    const zeta = ring.nttZetas[64 + (i >> 2)] ?? 0;
    const gamma = (i & 2) === 0 ? zeta : Q - zeta;
    sum[i] = ((sum[i] ?? 0) + f0 * g0 + ((f1 * g1) % Q) * gamma) % Q;
    sum[i + 1] = ((sum[i + 1] ?? 0) + f0 * g1 + f1 * g0) % Q;
  }
}

function add(a: Polynomial, b: Polynomial): Polynomial {
  return a.map((value, i) => (value + (b[i] ?? 0)) % Q);
}
