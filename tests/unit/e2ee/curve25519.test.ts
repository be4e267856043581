// What keys and signatures share of Curve25519. Their own vectors are in primitives.test.ts.
import { ed25519 } from '@noble/curves/ed25519.js';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { toHex } from '../../../e2ee/primitives/bytes.ts';
import {
  FIELD_ORDER,
  GROUP_ORDER,
  littleEndian,
  multiplyBase,
  toEdwardsY,
  toLittleEndian,
  toScalar,
} from '../../../e2ee/primitives/curve25519.ts';
import { SeededRandom } from '../../support/e2ee/seeded-random.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('Curve25519', () => {
  test('the product with the base point is noble-curves’, however the scalar is split', () => {
    const random = new SeededRandom(25_519);
    for (let i = 0; i < 10; i++) {
      const scalar = toScalar(littleEndian(random.bytes(64)));
      const expected = ed25519.Point.BASE.multiply(scalar).toHex();
      expect(multiplyBase(scalar).toHex()).toBe(expected);
      expect(multiplyBase(scalar).toHex()).toBe(expected);
    }
    for (const scalar of [1n, 2n, GROUP_ORDER - 1n]) {
      expect(multiplyBase(scalar).toHex()).toBe(ed25519.Point.BASE.multiply(scalar).toHex());
    }
  });

  test('each multiplication splits anew, by 64 bytes of the host’s', () => {
    const asked: number[] = [];
    const getRandomValues = (into: Uint8Array): Uint8Array => {
      asked.push(into.length);
      return into.fill(asked.length);
    };
    vi.stubGlobal('crypto', { getRandomValues });
    expect(multiplyBase(7n).toHex()).toBe(multiplyBase(7n).toHex());
    expect(asked).toEqual([64, 64]);
  });

  test('a host without randomness gets the same product', () => {
    const expected = ed25519.Point.BASE.multiply(7n).toHex();
    vi.stubGlobal('crypto', undefined);
    expect(multiplyBase(7n).toHex()).toBe(expected);
  });

  test('bytes and numbers, little end first', () => {
    expect(toHex(toLittleEndian(0x0102n))).toBe(`0201${'00'.repeat(30)}`);
    expect(littleEndian(toLittleEndian(2n ** 256n - 1n))).toBe(2n ** 256n - 1n);
  });

  test('the birational map: the base point, and the one place without a value', () => {
    expect(toEdwardsY(9n)).toBe(ed25519.Point.BASE.y);
    expect(toEdwardsY(FIELD_ORDER - 1n)).toBeNull();
  });
});
