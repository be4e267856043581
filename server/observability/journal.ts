/** The journal of systemd takes one line an entry, and its priority from `<N>` before the line (sd-daemon(3)). */
import { fstatSync } from 'node:fs';
import type { DestinationStream } from 'pino';

const PRIORITIES: Readonly<Record<string, number>> = { fatal: 2, error: 3, warn: 4, info: 6, debug: 7, trace: 7 };
const DEFAULT_PRIORITY = 6;

/** Whether what is written to this descriptor goes to the journal: systemd names the stream that it has opened, and a redirected
 * output is another one. */
export function isJournal(env: NodeJS.ProcessEnv, descriptor: number): boolean {
  const { JOURNAL_STREAM } = env;
  if (JOURNAL_STREAM === undefined) return false;
  try {
    const { dev, ino } = fstatSync(descriptor);
    return JOURNAL_STREAM === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** Every line of the text with the priority of its level. */
export function withPriority(level: string, text: string): string {
  const mark = `<${PRIORITIES[level] ?? DEFAULT_PRIORITY}>`;
  return text.replace(/^(?=.)/gm, mark);
}

/** For log lines in JSON, which begin with their level. */
export function createJournalStream(destination: DestinationStream): DestinationStream {
  return {
    write(line: string) {
      destination.write(withPriority(/"level":"(\w+)"/.exec(line)?.[1] ?? 'info', line));
    },
  };
}
