import { describe, expect, it } from 'vitest';
import {
  TYPING_DELAY_MS,
  TYPING_IDLE_MS,
  TYPING_REPEAT_MS,
  TYPING_SHOWN_MS,
  TypingTeller,
  TypingWatcher,
} from '../../../client/messaging/typing.ts';
import { createFakeClock } from './fakes.ts';

describe('telling that one types', () => {
  const start = () => {
    const clock = createFakeClock();
    const told: string[] = [];
    const teller = new TypingTeller(clock, (conversation, isStarted) => told.push(`${conversation} ${isStarted}`));
    return { clock, told, teller };
  };

  it('happens at most every ten seconds, for each conversation', async () => {
    const { clock, told, teller } = start();
    for (let key = 0; key <= 10; key++) {
      teller.started('a');
      await clock.advance(TYPING_REPEAT_MS / 10 - 1);
    }
    teller.started('b');
    await clock.advance(TYPING_DELAY_MS);
    expect(told).toEqual(['a true', 'b true']);
    await clock.advance(TYPING_REPEAT_MS / 10);
    teller.started('a');
    expect(told).toEqual(['a true', 'b true', 'a true']);
  });

  it('ends by itself, at once when said, and without a word after a message', async () => {
    const { clock, told, teller } = start();
    teller.started('a');
    await clock.advance(TYPING_IDLE_MS - 1);
    expect(told).toEqual(['a true']);
    await clock.advance(1);
    expect(told).toEqual(['a true', 'a false']);
    teller.started('a');
    await clock.advance(TYPING_DELAY_MS);
    teller.stopped('a');
    teller.stopped('a');
    expect(told).toEqual(['a true', 'a false', 'a true', 'a false']);
    teller.started('a');
    await clock.advance(TYPING_DELAY_MS);
    expect(teller.forget('a')).toBe(true);
    await clock.advance(TYPING_IDLE_MS * 2);
    expect(told).toHaveLength(5);
  });

  it('says nothing of what is sent, or taken back, a moment after the first key', async () => {
    const { clock, told, teller } = start();
    teller.started('a');
    teller.started('b');
    await clock.advance(TYPING_DELAY_MS - 1);
    expect(teller.forget('a')).toBe(false);
    teller.stopped('b');
    await clock.advance(TYPING_IDLE_MS);
    expect(told).toEqual([]);
    teller.started('a');
    await clock.advance(TYPING_DELAY_MS);
    expect(told).toEqual(['a true']);
  });
});

describe('showing that others type', () => {
  it('ends when they say so or are silent, and tells of a repetition once', async () => {
    const clock = createFakeClock();
    const shown: string[] = [];
    const watcher = new TypingWatcher<string>(clock, (who, isStarted) => shown.push(`${who} ${isStarted}`));
    watcher.started('1', 'Ada');
    await clock.advance(TYPING_SHOWN_MS - 1);
    watcher.started('1', 'Ada');
    await clock.advance(TYPING_SHOWN_MS - 1);
    expect(shown).toEqual(['Ada true']);
    await clock.advance(1);
    expect(shown).toEqual(['Ada true', 'Ada false']);
    watcher.stopped('1', 'Ada');
    watcher.started('2', 'Bob');
    watcher.stopped('2', 'Bob');
    expect(shown).toEqual(['Ada true', 'Ada false', 'Bob true', 'Bob false']);
  });
});
