// Mutations of real messages, as a fuzzer makes them: bits, bytes, cuts, doubled and dropped stretches, boundary numbers.
import type { Bytes } from '../../../e2ee/index.ts';
import type { SeededRandom } from './seeded-random.ts';

const TELLING = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x08, 0x0a, 0x44, 0x33, 0x22, 0x11];

export function mutate(input: Bytes, random: SeededRandom): Bytes {
  let bytes = Array.from(input);
  for (let left = 1 + random.below(3); left > 0; left--) bytes = mutateOnce(bytes, random);
  return Uint8Array.from(bytes);
}

function mutateOnce(bytes: number[], random: SeededRandom): number[] {
  const at = random.below(bytes.length + 1);
  const length = 1 + random.below(12);
  switch (random.below(7)) {
    case 0:
      return bytes.map((byte, i) => (i === at ? byte ^ (1 << random.below(8)) : byte));
    case 1:
      return bytes.map((byte, i) => (i === at ? random.pick(TELLING) : byte));
    case 2:
      return bytes.slice(0, at);
    case 3:
      return [...bytes.slice(0, at), ...bytes.slice(at + length)];
    case 4:
      return [...bytes.slice(0, at), ...bytes.slice(at, at + length), ...bytes.slice(at)];
    case 5:
      return [...bytes.slice(0, at), ...random.bytes(length), ...bytes.slice(at)];
    default:
      return bytes.map((byte, i) => (i >= at && i < at + length ? 0xff : byte));
  }
}
