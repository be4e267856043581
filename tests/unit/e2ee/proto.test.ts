// Tables of protocol buffers: presence, repetition, wrong types and groups, as the official parsers have them.
import { describe, expect, test } from 'vitest';
import { LibSignalErrorBase } from '../../../e2ee/index.ts';
import { fromHex, toHex } from '../../../e2ee/primitives/bytes.ts';
import {
  bytes,
  decode,
  encode,
  exactInteger,
  filledBytes,
  fixed64,
  lastTagOf,
  nested,
  repeated,
  type Schema,
  text,
  uint32,
  uint64,
} from '../../../e2ee/proto/message.ts';

const b = (hex: string): Uint8Array<ArrayBuffer> => fromHex(hex)!;

const ALL = {
  required: [1, uint32],
  optional: [2, bytes, null],
  filled: [3, filledBytes, undefined],
  long: [4, uint64, 7],
  time: [5, fixed64, 0],
  name: [6, text, ''],
  list: [7, repeated(uint32), []],
  inner: [8, nested({ id: [1, uint32] } as const satisfies Schema), null],
} as const satisfies Schema;

const values = {
  required: 0,
  optional: b('0102'),
  filled: b('03'),
  long: 2 ** 52,
  time: 2 ** 40,
  name: 'é',
  list: [1, 300],
  inner: { id: 5 },
};

describe('a table', () => {
  test('writes and reads every type', () => {
    const encoded = encode(ALL, values, 0x44);
    expect(encoded[0]).toBe(0x44);
    expect(decode(ALL, encoded.subarray(1))).toEqual(values);
  });

  test('writes a zero, and neither null, undefined nor what is empty', () => {
    const sparse = { ...values, optional: null, filled: b(''), list: [], inner: null };
    expect(toHex(encode(ALL, sparse))).toBe(`0800${'20' + '80'.repeat(7) + '08'}29${'00'.repeat(5)}0100003202c3a9`);
    expect(toHex(encode({ empty: [1, bytes] }, { empty: b('') }))).toBe('0a00');
  });

  test('gives what stands for absent fields, and refuses the absence of others', () => {
    const absent = { optional: null, filled: undefined, long: 7, time: 0, name: '', list: [], inner: null };
    expect(decode(ALL, b('0805'))).toEqual({ required: 5, ...absent });
    expect(() => decode(ALL, b(''))).toThrow(LibSignalErrorBase);
  });

  test('takes the last of a repeated singular field, and ignores unknown ones', () => {
    expect(decode({ n: [1, uint32] } as const, b('0801' + '5003' + '0802')).n).toBe(2);
  });

  test.each([
    ['a wrong wire type', '0a0100'],
    ['a wrong wire type before a right one', '0a01000801'],
    ['tag 0', '0001' + '0801'],
    ['wire type 6', '080116'],
    ['bytes beyond the end', '08011202'],
    ['a varint of eleven bytes', '08' + 'ff'.repeat(10) + '01'],
    ['the end of a group that never began', '080154'],
    ['a group that does not end', '080153'],
    ['a group that ends as another', '0801535c'],
    ['text that is not UTF-8', '08013201ff'],
  ])('refuses %s', (_, hex) => {
    expect(() => decode(ALL, b(hex))).toThrow(LibSignalErrorBase);
  });

  test('skips groups, down to a depth of 101 and not one more', () => {
    const groups = (depth: number): string => '53'.repeat(depth) + '54'.repeat(depth);
    expect(decode(ALL, b(`${groups(101)}0805`)).required).toBe(5);
    expect(() => decode(ALL, b(`${groups(102)}0805`))).toThrow(LibSignalErrorBase);
  });

  test('a uint32 is the lower half of what was sent; a uint64 is exact up to 2^53', () => {
    expect(decode({ n: [1, uint32] } as const, b('08ffffffffffffffffff01')).n).toBe(0xffff_ffff);
    expect(exactInteger(decode({ n: [1, uint64] } as const, b('08ffffffffffffff0f')).n)).toBe(2 ** 53 - 1);
    expect(() => exactInteger(decode({ n: [1, uint64] } as const, b('088080808080808010')).n)).toThrow(RangeError);
  });

  test('the last of a oneof is told', () => {
    expect(lastTagOf(b('080110021803'), 1, 2)).toBe(2);
    expect(lastTagOf(b('1002' + '0801'), 1, 2)).toBe(1);
    expect(lastTagOf(b('1803'), 1, 2)).toBeUndefined();
  });
});
