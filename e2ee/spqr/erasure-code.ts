// The erasure code that spreads SPQR's large messages over many small ones (ML-KEM Braid, "chunking").
//
// A message of n·32 bytes is read as 16 polynomials of degree below n over GF(2^16): 16-bit element i is the value of
// polynomial i mod 16 at x = i div 16. Chunk k is the value of all 16 at x = k. So the first n chunks are the message
// itself, further ones are extrapolated, and any n different chunks give the message back.
import { type Bytes, concatBytes } from '../primitives/bytes.ts';
import { lagrangeWeights, multiply } from './gf65536.ts';

export const CHUNK_BYTES = 32;
const POLYNOMIALS = 16;
/** The wire has 16 bits for the index; senders go round. */
const INDEX_MODULUS = 0x1_0000;

export interface Chunk {
  readonly index: number;
  readonly data: Bytes;
}

/** Chunks received so far, ordered by index. */
export interface ChunkSet {
  readonly chunks: readonly Chunk[];
}

export const NO_CHUNKS: ChunkSet = { chunks: [] };

export function encodeChunk(message: Bytes, sent: number): Chunk {
  const index = sent % INDEX_MODULUS;
  const count = message.length / CHUNK_BYTES;
  if (index < count) return { index, data: message.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES) };
  const known = Array.from({ length: count }, (_, i) => ({ index: i, data: chunkOf(message, i) }));
  return { index, data: extrapolate(known, index) };
}

/** Takes what may help: chunks of the message itself, and others until there are enough. Repeated indexes are ignored. */
export function addChunk(set: ChunkSet, chunk: Chunk, messageBytes: number): ChunkSet {
  const needed = messageBytes / CHUNK_BYTES;
  const known = set.chunks.some(({ index }) => index === chunk.index);
  if (known || (chunk.index >= needed && set.chunks.length >= needed)) return set;
  return { chunks: [...set.chunks, chunk].sort((a, b) => a.index - b.index) };
}

/** The message, or null while there are too few chunks. */
export function decodeChunks(set: ChunkSet, messageBytes: number): Bytes | null {
  const needed = messageBytes / CHUNK_BYTES;
  if (set.chunks.length < needed) return null;
  const points = set.chunks.slice(0, needed);
  const parts = Array.from({ length: needed }, (_, index) => {
    return set.chunks.find((chunk) => chunk.index === index)?.data ?? extrapolate(points, index);
  });
  return concatBytes(...parts);
}

function chunkOf(message: Bytes, index: number): Bytes {
  return message.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
}

/** All 16 polynomials have the same x values, so one set of weights serves them all. */
function extrapolate(points: readonly Chunk[], at: number): Bytes {
  const xs = points.map(({ index }) => index);
  const weights = lagrangeWeights(xs, at);
  const out = new Uint8Array(CHUNK_BYTES);
  for (let polynomial = 0; polynomial < POLYNOMIALS; polynomial++) {
    let value = 0;
    for (const [i, { data }] of points.entries()) value ^= multiply(weights[i] ?? 0, element(data, polynomial));
    out[2 * polynomial] = value >> 8;
    out[2 * polynomial + 1] = value & 0xff;
  }
  return out;
}

function element(data: Bytes, polynomial: number): number {
  return ((data[2 * polynomial] ?? 0) << 8) | (data[2 * polynomial + 1] ?? 0);
}
