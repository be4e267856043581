// The same mutated bytes to our parsers and to libsignal's: both take them, with the same meaning, or both refuse them.
import { describe, expect, test } from 'vitest';
import * as ours from '../../e2ee/index.ts';
import { mutate } from '../support/e2ee/mutate.ts';
import { makeSamples } from '../support/e2ee/samples.ts';
import { SeededRandom } from '../support/e2ee/seeded-random.ts';
import { native } from './native.ts';

const ROUNDS = Number(process.env['VANT_FUZZ_ROUNDS'] ?? 1500);
/**
 * Where we refuse and libsignal does not: a multi-recipient message whose only entry is an excluded recipient, of which it
 * makes a message for nobody.
 */
const STRICTER = 'only supports messages with exactly one recipient';

const samples = await makeSamples(native);

function outcome(parse: () => string): { text: string; error: Error | null } {
  try {
    return { text: parse(), error: null };
  } catch (error) {
    return { text: 'refused', error: error as Error };
  }
}

describe('parsers agree with libsignal’s', () => {
  test.each(samples)('$name', { timeout: 120_000 }, ({ name, bytes, parse }) => {
    const random = new SeededRandom(1000 + name.length);
    const differing: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const mutated = mutate(bytes, random);
      const mine = outcome(() => parse(ours, mutated));
      const theirs = outcome(() => parse(native, mutated));
      if (mine.text !== theirs.text && !mine.error?.message.includes(STRICTER)) {
        const hex = Array.from(mutated, (byte) => byte.toString(16).padStart(2, '0')).join('');
        differing.push(`${mine.text} | ${theirs.text} | ${String(mine.error)} | ${String(theirs.error)} | ${hex}`);
      }
    }
    expect(differing).toEqual([]);
  });
});
