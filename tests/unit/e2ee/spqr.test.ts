// SPQR by itself: the code, the incremental KEM, the key chain, and chaos in the channel.
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { describe, expect, test } from 'vitest';
import { UNLIMITED_JUMPS } from '../../../e2ee/limits.ts';
import { type Bytes, concatBytes } from '../../../e2ee/primitives/bytes.ts';
import { addChunk, decodeChunks, encodeChunk, NO_CHUNKS } from '../../../e2ee/spqr/erasure-code.ts';
import { addMultiple, divide, lagrangeBasis, lagrangeWeights, multiply } from '../../../e2ee/spqr/gf65536.ts';
import {
  decapsulate,
  encapsulate1,
  encapsulate2,
  encapsulationKeyOf,
  generateDecapsulationKey,
  headerOf,
} from '../../../e2ee/spqr/incremental-ml-kem.ts';
import { addEpoch, createKeyChain, nextSendKey, Side, takeReceiveKey } from '../../../e2ee/spqr/key-chain.ts';
import { decodeSpqrMessage, encodeSpqrMessage, PayloadType } from '../../../e2ee/spqr/message.ts';
import { createSpqr, receiveSpqr, sendSpqr, type SpqrState } from '../../../e2ee/spqr/spqr.ts';
import { SpqrError } from '../../../e2ee/spqr/spqr-error.ts';
import { decodeSpqr, encodeSpqr } from '../../../e2ee/spqr/storage.ts';
import { SeededRandom } from '../../support/e2ee/seeded-random.ts';

const random = new SeededRandom(11);
const bytesOf = (length: number): Bytes => random.bytes(length);

describe('GF(2^16)', () => {
  test('is the field of the polynomial x^16 + x^12 + x^3 + x + 1', () => {
    expect(multiply(0x8000, 2)).toBe(0x100b);
    for (let i = 0; i < 200; i++) {
      const [a, b, c] = [random.below(65_536), 1 + random.below(65_535), random.below(65_536)];
      expect(divide(multiply(a, b), b)).toBe(a);
      expect(multiply(a, b ^ c)).toBe(multiply(a, b) ^ multiply(a, c));
      expect(multiply(a, b)).toBe(multiplyBitwise(a, b));
    }
    expect([multiply(0, 5), multiply(5, 0), multiply(1, 7), divide(0, 3)]).toEqual([0, 0, 7, 0]);
  });

  test('Lagrange weights give back every polynomial of the degree', () => {
    const coefficients = [3, 500, 40_000, 7];
    const at = (x: number): number => coefficients.reduceRight((sum, c) => multiply(sum, x) ^ c, 0);
    const xs = [0, 5, 65_535, 300];
    const weights = lagrangeWeights(lagrangeBasis(xs), 1234);
    const sums = new Uint16Array(2);
    // Two elements at a time, the second twice the first.
    for (const [i, value] of xs.map(at).entries()) {
      addMultiple(
        sums,
        weights[i] ?? 0,
        Uint8Array.from([value, multiply(value, 2)].flatMap((v) => [v >> 8, v & 0xff])),
      );
    }
    expect([...sums]).toEqual([at(1234), multiply(at(1234), 2)]);
  });
});

function multiplyBitwise(a: number, b: number): number {
  let product = 0;
  for (let bit = 15; bit >= 0; bit--) {
    product <<= 1;
    if (product > 0xffff) product ^= 0x1100b;
    if ((b >> bit) & 1) product ^= a;
  }
  return product;
}

describe('erasure code', () => {
  test.each([96, 160, 960, 1152])('any chunks of a message of %i bytes that are enough give it back', (length) => {
    const message = bytesOf(length);
    const needed = length / 32;
    for (let trial = 0; trial < 6; trial++) {
      let set = NO_CHUNKS;
      const indexes = new Set<number>();
      while (indexes.size < needed)
        indexes.add(trial === 0 ? indexes.size : random.below(trial === 1 ? 65_536 : 3 * needed));
      for (const index of indexes) {
        expect(decodeChunks(set, length)).toBeNull();
        set = addChunk(set, encodeChunk(message, index), length);
        set = addChunk(set, encodeChunk(message, index), length);
      }
      expect(decodeChunks(set, length)).toEqual(message);
    }
  });

  test('the first chunks are the message; the index goes round', () => {
    const message = bytesOf(96);
    expect(concatBytes(...[0, 1, 2].map((i) => encodeChunk(message, i).data))).toEqual(message);
    expect(encodeChunk(message, 65_536 + 5)).toEqual(encodeChunk(message, 5));
  });

  test('what is not needed is not kept', () => {
    const message = bytesOf(96);
    let set = NO_CHUNKS;
    for (let index = 10; index < 20; index++) set = addChunk(set, encodeChunk(message, index), 96);
    expect(set.chunks.length).toBe(3);
    set = addChunk(set, encodeChunk(message, 1), 96);
    expect(set.chunks.length).toBe(4);
    expect(decodeChunks(set, 96)).toEqual(message);
  });
});

describe('incremental ML-KEM-768', () => {
  test('both halves together are the library’s ciphertext', () => {
    for (let i = 0; i < 20; i++) {
      const dk = generateDecapsulationKey(bytesOf(64));
      const [header, ek, message] = [headerOf(dk), encapsulationKeyOf(dk), bytesOf(32)];
      const { ciphertext1, sharedSecret } = encapsulate1(header, message);
      const ciphertext2 = encapsulate2(header, ek, message, ciphertext1);
      const whole = ml_kem768.encapsulate(concatBytes(ek, header.subarray(0, 32)), message);
      expect(concatBytes(ciphertext1, ciphertext2)).toEqual(new Uint8Array(whole.cipherText));
      expect(sharedSecret).toEqual(new Uint8Array(whole.sharedSecret));
      expect(decapsulate(dk, ciphertext1, ciphertext2)).toEqual(sharedSecret);
    }
  });

  test('a key that the header did not announce is refused, and so is a wrong first half', () => {
    const dk = generateDecapsulationKey(bytesOf(64));
    const other = generateDecapsulationKey(bytesOf(64));
    const [header, ek, message] = [headerOf(dk), encapsulationKeyOf(dk), bytesOf(32)];
    const { ciphertext1 } = encapsulate1(header, message);
    expect(() => encapsulate2(header, encapsulationKeyOf(other), message, ciphertext1)).toThrow(SpqrError);
    expect(() => encapsulate2(header, ek, bytesOf(32), ciphertext1)).toThrow('differs');
  });

  test('a key with coefficients that are not reduced is refused', async () => {
    const { sha3_256 } = await import('@noble/hashes/sha3.js');
    const ek = new Uint8Array(1152).fill(0xff);
    const rho = bytesOf(32);
    const header = concatBytes(rho, sha3_256(concatBytes(ek, rho)));
    const { ciphertext1 } = encapsulate1(header, bytesOf(32));
    expect(() => encapsulate2(header, ek, bytesOf(32), ciphertext1)).toThrow(SpqrError);
  });
});

describe('key chain', () => {
  const pair = (maxJump = 25_000): [ReturnType<typeof createKeyChain>, ReturnType<typeof createKeyChain>] => {
    const key = new Uint8Array(32).fill(1);
    return [createKeyChain(key, Side.A, maxJump), createKeyChain(key, Side.B, maxJump)];
  };

  test('keys in any order, each once', async () => {
    let [a, b] = pair();
    const keys: Bytes[] = [];
    for (let i = 1; i <= 10; i++) {
      const sent = nextSendKey(a, 0);
      expect(sent.index).toBe(i);
      [a, keys[i]] = [sent.chain, sent.key];
    }
    for (const i of [5, 1, 10, 2]) {
      const taken = await takeReceiveKey(b, 0, i);
      expect(taken.key).toEqual(keys[i]);
      b = taken.chain;
      await expect(takeReceiveKey(b, 0, i)).rejects.toThrow('already requested');
    }
  });

  test('a jump of 25,000 is taken, of one more is not; of a self-session any', { timeout: 30_000 }, async () => {
    const [, b] = pair();
    await expect(takeReceiveKey(b, 0, 25_001)).rejects.toThrow('Key jump');
    const jumped = await takeReceiveKey(b, 0, 25_000);
    const [, self] = pair(UNLIMITED_JUMPS);
    expect((await takeReceiveKey(self, 0, 25_000)).key).toEqual(jumped.key);
    await expect(takeReceiveKey(jumped.chain, 0, 22_999)).rejects.toThrow('trimmed');
    await expect(takeReceiveKey(jumped.chain, 0, 23_000)).resolves.toBeDefined();
  });

  test('two epochs can be received from, one can be sent in', async () => {
    let [a, b] = pair();
    for (let epoch = 1; epoch <= 3; epoch++) {
      const secret = new Uint8Array(32).fill(epoch);
      [a, b] = [addEpoch(a, epoch, secret), addEpoch(b, epoch, secret)];
    }
    const sent = nextSendKey(a, 3);
    expect((await takeReceiveKey(b, 3, 1)).key).toEqual(sent.key);
    expect(() => nextSendKey(sent.chain, 2)).toThrow('decreased');
    await expect(takeReceiveKey(sent.chain, 2, 1)).resolves.toBeDefined();
    await expect(takeReceiveKey(sent.chain, 1, 1)).rejects.toThrow('epoch not in valid range');
    await expect(takeReceiveKey(b, 4, 1)).rejects.toThrow('epoch not in valid range');
    expect(() => addEpoch(a, 5, bytesOf(32))).toThrow('epoch');
    expect(sent.chain.links[0]!.send.next.length).toBe(0);
  });
});

describe('messages', () => {
  test('all types, there and back', () => {
    for (const type of Object.values(PayloadType)) {
      const isBare = type === PayloadType.None || type === PayloadType.Ct1Ack;
      const payload = isBare ? { type } : { type, chunk: { index: 300, data: bytesOf(32) } };
      const message = { epoch: 1000, keyIndex: 0xffff_ffff, payload };
      expect(decodeSpqrMessage(encodeSpqrMessage(message))).toEqual(message);
    }
  });

  test.each([
    ['no bytes', []],
    ['version 0', [0, 1, 1, 0]],
    ['version 2', [2, 1, 1, 0]],
    ['epoch 0', [1, 0, 1, 0]],
    ['key index 0', [1, 1, 0, 0]],
    ['key index above 32 bits', [1, 1, 0x80, 0x80, 0x80, 0x80, 0x10, 0]],
    ['type 7', [1, 1, 1, 7]],
    ['no type', [1, 1, 1]],
    ['an endless number', [1, ...new Array<number>(12).fill(0xff)]],
    ['a chunk that is cut', [1, 1, 1, 1, 0, ...new Array<number>(31).fill(0)]],
    ['a chunk index above 16 bits', [1, 1, 1, 1, 0x80, 0x80, 0x04, ...new Array<number>(32).fill(0)]],
  ])('refuses %s', (_, values) => {
    expect(() => decodeSpqrMessage(Uint8Array.from(values))).toThrow(SpqrError);
  });
});

describe('chaos', () => {
  /** Each send and receive goes through storage; a failed receive is forgotten. */
  const restored = (state: SpqrState): SpqrState => decodeSpqr(encodeSpqr(state));

  test.each([
    ['nothing lost', 0, 0],
    ['a quarter lost', 0.25, 0.2],
    ['six of ten lost, half out of order', 0.6, 0.5],
  ] as const)('%s: keys agree through many epochs', async (_, loss, disorder) => {
    const key = bytesOf(32);
    const states = [createSpqr(key, Side.A, 25_000), createSpqr(key, Side.B, 25_000)];
    const queues: { message: Bytes; key: Bytes }[][] = [[], []];
    const kinds = new Set<string>();
    let delivered = 0;
    for (let i = 0; i < 1600; i++) {
      const from = random.below(2);
      const sent = sendSpqr(restored(states[from]!), (length) => bytesOf(length));
      states[from] = sent.state;
      kinds.add(sent.state.braid.kind);
      if (!random.chance(loss)) queues[1 - from]!.push(sent);
      const queue = queues[from]!;
      const position = random.chance(disorder) ? random.below(Math.min(queue.length, 6)) : 0;
      const [next] = queue.splice(position, 1);
      if (next === undefined) continue;
      const received = await receiveSpqr(restored(states[from]), next.message);
      expect(received.key).toEqual(next.key);
      states[from] = received.state;
      delivered++;
    }
    expect(delivered).toBeGreaterThan(300);
    expect(Math.min(...states.map((state) => state.braid.epoch))).toBeGreaterThan(loss > 0.5 ? 2 : 4);
    if (loss === 0) expect(kinds.size).toBeGreaterThanOrEqual(8);
  });

  test('what is damaged is refused or gives another key, and never another state', async () => {
    const key = bytesOf(32);
    let a = createSpqr(key, Side.A, 25_000);
    const b = createSpqr(key, Side.B, 25_000);
    const stored = encodeSpqr(b);
    for (let i = 0; i < 3; i++) {
      const sent = sendSpqr(a, (length) => bytesOf(length));
      a = sent.state;
      for (let at = 0; at < sent.message.length; at++) {
        const damaged = new Uint8Array(sent.message.with(at, sent.message[at]! ^ 0x40));
        await receiveSpqr(b, damaged).catch((error: unknown) => expect(error).toBeInstanceOf(SpqrError));
      }
    }
    expect(encodeSpqr(b)).toEqual(stored);
  });

  test('a header that someone made up is refused by its MAC', async () => {
    const a = createSpqr(bytesOf(32), Side.A, 25_000);
    let b = createSpqr(bytesOf(32), Side.B, 25_000);
    let state = a;
    const outcomes: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      const sent = sendSpqr(state, (length) => bytesOf(length));
      state = sent.state;
      await receiveSpqr(b, sent.message).then(
        (received) => (b = received.state),
        (error: unknown) => outcomes.push(error),
      );
    }
    expect(outcomes).toEqual([new SpqrError('MAC verification failed')]);
  });
});
