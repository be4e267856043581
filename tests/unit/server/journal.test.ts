import { closeSync, fstatSync, openSync } from 'node:fs';
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { isJournal, withPriority } from '../../../server/observability/journal.ts';
import { createLog } from '../../../server/observability/log.ts';

function written(isText: boolean, use: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  const destination = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  use(createLog({ level: 'trace', isText, isJournal: true, destination }));
  return text;
}

describe('the journal of systemd', () => {
  test('is told from other outputs by the stream that systemd names', () => {
    const descriptor = openSync('/dev/null', 'r');
    const { dev, ino } = fstatSync(descriptor);
    expect(isJournal({ JOURNAL_STREAM: `${dev}:${ino}` }, descriptor)).toBe(true);
    expect(isJournal({ JOURNAL_STREAM: `${dev}:${ino + 1}` }, descriptor)).toBe(false);
    expect(isJournal({}, descriptor)).toBe(false);
    closeSync(descriptor);
    expect(isJournal({ JOURNAL_STREAM: `${dev}:${ino}` }, descriptor)).toBe(false);
  });

  test('gets each line with its priority, and not the time that it knows', () => {
    const text = written(true, (log) => {
      log.error({ err: new Error('why') }, 'It broke');
      log.warn('first\nsecond');
      log.info({ port: 1 }, 'Ready');
      log.debug('detail');
    });
    expect(text).toBe('<3>It broke (why)\n<4>first\n<4>second\n<6>Ready port=1\n<7>detail\n');
  });

  test('gets JSON with it, too', () => {
    expect(written(false, (log) => log.fatal('gone'))).toMatch(/^<2>\{"level":"fatal".*"msg":"gone"\}\n$/);
  });

  test('empty lines get none', () => {
    expect(withPriority('info', 'a\n\nb\n')).toBe('<6>a\n\n<6>b\n');
  });
});
