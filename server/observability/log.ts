/** Structured logs without content, keys, tokens or whole addresses. */
import { isIP } from 'node:net';
import { pino, type DestinationStream, type Logger } from 'pino';
import { createJournalStream, isJournal, withPriority } from './journal.ts';

export type Log = Logger;
export type AddressLogging = 'truncated' | 'full' | 'none';

export interface LogOptions {
  readonly level: string;
  /** Lines for people, or one JSON object a line. */
  readonly isText: boolean;
  /** Whether lines carry their priority for the journal of systemd. */
  readonly isJournal?: boolean;
  readonly destination?: DestinationStream;
}

/** Nothing of this kind is logged on purpose; this catches the accident. */
const REDACTED = [
  'authorization',
  'deviceSecret',
  'inviteToken',
  'linkToken',
  'content',
  'envelope',
  'profile',
  'teamKey',
];

export function createLog(options: LogOptions): Log {
  const destination = options.destination ?? pino.destination({ dest: 1, sync: true });
  const { isText, isJournal = false } = options;
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    },
    isText ? createTextStream(destination, isJournal) : isJournal ? createJournalStream(destination) : destination,
  );
}

/** The form that the option log.format asks for: with `auto`, text where people read it. */
export function chooseLogForm(
  format: 'auto' | 'json' | 'text',
  env: NodeJS.ProcessEnv = process.env,
): Pick<LogOptions, 'isText' | 'isJournal'> {
  const toJournal = isJournal(env, 1);
  const isText = format === 'text' || (format === 'auto' && (process.stdout.isTTY || toJournal));
  return { isText, isJournal: toJournal };
}

/** IPv4 without its last byte, IPv6 without all but its first 48 bits: enough to see an attack, not a person. */
export function toLoggedAddress(address: string, logging: AddressLogging): string | undefined {
  if (logging === 'none') return undefined;
  if (logging === 'full') return address;
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIP(plain) === 4) return plain.replace(/\.\d+$/, '.0/24');
  if (isIP(plain) !== 6) return undefined;
  const [head = ''] = plain.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  return `${[...groups, '0', '0', '0'].slice(0, 3).join(':')}::/48`;
}

interface LogLine {
  time: string;
  level: string;
  msg?: string;
  err?: { message?: string };
  [field: string]: unknown;
}

/** `12:34:56 info  message field=value`: what a person at a terminal wants to see. The journal knows time and level. */
function createTextStream(destination: DestinationStream, isJournal: boolean): DestinationStream {
  return {
    write(line: string) {
      const { time, level, msg, err, ...fields } = JSON.parse(line) as LogLine;
      const rest = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
      const parts = [
        ...(isJournal ? [] : [time.slice(11, 19), level.padEnd(5)]),
        msg ?? '',
        ...rest,
        ...(err?.message ? [`(${err.message})`] : []),
      ];
      const text = `${parts.join(' ')}\n`;
      destination.write(isJournal ? withPriority(level, text) : text);
    },
  };
}
