// The erasure code that spreads SPQR's large messages over many small ones (ML-KEM Braid, "chunking").
//
// A message of n·32 bytes is read as 16 polynomials of degree below n over GF(2^16): 16-bit element i is the value of
// polynomial i mod 16 at x = i div 16. Chunk k is the value of all 16 at x = k. So the first n chunks are the message
// itself, further ones are extrapolated, and any n different chunks give the message back.
import { type Bytes, concatBytes, EMPTY } from '../primitives/bytes.ts';
import { addMultiple, type LagrangeBasis, lagrangeBasis, lagrangeWeights } from './gf65536.ts';

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
  const parts = Array.from({ length: count }, (_, i) => chunkOf(message, i));
  return { index, data: extrapolate(messageBasis(count), parts, index) };
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
  const basis = lagrangeBasis(points.map(({ index }) => index));
  const data = points.map((chunk) => chunk.data);
  const parts = Array.from({ length: needed }, (_, index) => {
    return set.chunks.find((chunk) => chunk.index === index)?.data ?? extrapolate(basis, data, index);
  });
  return concatBytes(...parts);
}

/** Of the chunks that are the message itself. A transfer has one of four lengths. */
const messageBases = new Map<number, LagrangeBasis>();

function messageBasis(count: number): LagrangeBasis {
  const basis = messageBases.get(count) ?? lagrangeBasis(Array.from({ length: count }, (_, i) => i));
  messageBases.set(count, basis);
  return basis;
}

function chunkOf(message: Bytes, index: number): Bytes {
  return message.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
}

/** All 16 polynomials have the same x values, so one set of weights serves them all. */
function extrapolate(basis: LagrangeBasis, chunks: readonly Bytes[], at: number): Bytes {
  const sums = new Uint16Array(POLYNOMIALS);
  for (const [i, weight] of lagrangeWeights(basis, at).entries()) addMultiple(sums, weight, chunks[i] ?? EMPTY);
  const out = new Uint8Array(CHUNK_BYTES);
  const view = new DataView(out.buffer);
  sums.forEach((sum, polynomial) => view.setUint16(2 * polynomial, sum));
  return out;
}
