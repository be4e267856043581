// Every parser with mutated real messages: an error of ours or a result, never a hang, never a foreign exception.
import { describe, expect, test } from 'vitest';
import * as ours from '../../../e2ee/index.ts';
import { readFields } from '../../../e2ee/proto/fields.ts';
import records from '../../vectors/records-v1.json' with { type: 'json' };
import { makeSamples } from '../../support/e2ee/samples.ts';
import { mutate } from '../../support/e2ee/mutate.ts';
import { SeededRandom } from '../../support/e2ee/seeded-random.ts';

const ROUNDS = 400;
const samples = await makeSamples(ours);

describe('parsers', () => {
  test.each(samples)('$name reads what was written', ({ bytes, parse }) => {
    expect(() => parse(ours, bytes)).not.toThrow();
  });

  test.each(samples)('$name, mutated', { timeout: 30_000 }, ({ name, bytes, parse }) => {
    const random = new SeededRandom(name.length);
    for (let round = 0; round < ROUNDS; round++) {
      const mutated = mutate(bytes, random);
      try {
        parse(ours, mutated);
      } catch (error) {
        // A number that JavaScript does not have is told of when it is asked for, as by the official library.
        if (error instanceof RangeError && error.message.startsWith('precision loss')) continue;
        expect(error, `round ${round}: ${Array.from(mutated).join()}`).toBeInstanceOf(ours.LibSignalErrorBase);
      }
    }
  });

  test('stored records, mutated', { timeout: 30_000 }, () => {
    const random = new SeededRandom(77);
    const stored = records.sessions.map(({ record }) => ours.SessionRecord.deserialize(hexBytes(record)).serialize());
    for (let round = 0; round < 300; round++) {
      const mutated = mutate(random.pick(stored), random);
      try {
        ours.SessionRecord.deserialize(mutated).serialize();
      } catch (error) {
        expect(error, `round ${round}`).toBeInstanceOf(ours.LibSignalErrorBase);
      }
    }
  });

  test('random bytes', () => {
    const random = new SeededRandom(5);
    for (let round = 0; round < 3000; round++) {
      const bytes = random.bytes(random.below(80));
      for (const read of [
        () => readFields(bytes),
        () => ours.SignalMessage.deserialize(bytes),
        () => new ours.SealedSenderMultiRecipientMessage(bytes),
      ]) {
        try {
          read();
        } catch (error) {
          expect(error).toBeInstanceOf(ours.LibSignalErrorBase);
        }
      }
    }
  });
});

function hexBytes(hex: string): ours.Bytes {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
