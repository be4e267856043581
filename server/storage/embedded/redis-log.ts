import type { LogLevel } from '../options.ts';

const LEVELS: Readonly<Record<string, LogLevel>> = { '.': 'debug', '-': 'debug', '*': 'debug', '#': 'warn' };
/** Lines that Redis marks as warnings and that are none. */
const CHATTER =
  /Redis is starting|Valkey is starting|version=|Configuration loaded|Server initialized|User requested shutdown|bye bye|scheduling shutdown|child rewriting|AOF rewrite child/;

/** `4711:M 23 Nov 2026 12:00:00.123 * Ready to accept connections` → level and text. */
export function parseRedisLogLine(line: string): { level: LogLevel; text: string } {
  const match = /^\d+:[A-Z] .*?\.\d{3} ([.\-*#]) (.*)$/.exec(line);
  const [, mark = '#', text = line] = match ?? [];
  const level = LEVELS[mark] ?? 'warn';
  return { level: level === 'warn' && CHATTER.test(text) ? 'debug' : level, text };
}

/** Splits a stream of chunks into lines, and remembers the last ones for the message when Redis dies. */
export class RedisLog {
  readonly #remembered: string[] = [];
  readonly #capacity: number;
  readonly #onLine: (level: LogLevel, text: string) => void;
  #rest = '';
  #hasBeenReady = false;

  constructor(onLine: (level: LogLevel, text: string) => void, capacity = 20) {
    this.#onLine = onLine;
    this.#capacity = capacity;
  }

  write(chunk: Buffer | string): void {
    const lines = (this.#rest + chunk.toString()).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#take(line.trimEnd());
  }

  end(): void {
    this.#take(this.#rest);
    this.#rest = '';
  }

  lastLines(): readonly string[] {
    return this.#remembered;
  }

  /** Redis has opened its socket at some time, though it may have ended before anybody could ask. */
  hasBeenReady(): boolean {
    return this.#hasBeenReady;
  }

  #take(line: string): void {
    if (line === '') return;
    const { level, text } = parseRedisLogLine(line);
    this.#hasBeenReady ||= /ready to accept connections/i.test(text);
    this.#remembered.push(text);
    if (this.#remembered.length > this.#capacity) this.#remembered.shift();
    this.#onLine(level, text);
  }
}
