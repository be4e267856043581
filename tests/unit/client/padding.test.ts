import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pad, paddedLength, unpad } from '../../../client/messaging/padding.ts';

describe('padding', () => {
  it.each([
    [1, 160],
    [160, 160],
    [161, 176],
    [177, 192],
    [200, 208],
    [256, 256],
    [257, 272],
    [1000, 1024],
    [1025, 1088],
    [10_000, 10_240],
    [65_537, 67_584],
    [1_000_000, 1_015_808],
  ])('rounds %i up to %i', (length, expected) => {
    expect(paddedLength(length)).toBe(expected);
  });

  it('is at most 12 % larger, never smaller, and stable', () => {
    fc.assert(
      fc.property(fc.integer({ min: 161, max: 2 ** 26 }), (length) => {
        const padded = paddedLength(length);
        expect(padded).toBeGreaterThanOrEqual(length);
        expect(padded / length).toBeLessThanOrEqual(1.12);
        expect(paddedLength(padded)).toBe(padded);
      }),
    );
  });

  it('comes off again, whatever was padded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (plaintext) => {
        const padded = pad(plaintext);
        expect(padded.length).toBe(paddedLength(plaintext.length + 1));
        expect(unpad(padded)).toEqual(plaintext);
      }),
    );
  });

  it('marks the end of an empty plaintext', () => {
    expect(pad(new Uint8Array())).toEqual(Uint8Array.of(0x80, ...new Uint8Array(159)));
  });

  it.each([[[]], [[0, 0]], [[1, 2, 3]], [[0x80, 1]]])('refuses %j', (bytes) => {
    expect(() => unpad(Uint8Array.from(bytes))).toThrow(RangeError);
  });
});
