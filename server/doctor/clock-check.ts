/** Whether the clock is right: certificates, credentials for calls and the time to live of messages hang on it. */
import { existsSync } from 'node:fs';
import { ask } from './ask.ts';
import { failure, ok, warning, type CheckedConfig, type Finding } from './check.ts';

/** The Date header counts whole seconds, and the way takes a while. */
const NOTICEABLE_MS = 30_000;
/** Credentials for calls hold for minutes beyond their time, and certificates begin to be refused. */
const HARMFUL_MS = 5 * 60_000;
const SYNCHRONIZED = '/run/systemd/timesync/synchronized';
const REMEDY =
  'Set the clock: timedatectl set-ntp true (or install chrony). In a container it is the clock of the host.';

/** Services that this server talks to anyway: they say what time it is in every answer. */
export function findTimeSources({ config: { push, tls } }: CheckedConfig): string[] {
  return [
    ...(tls.mode === 'acme' ? [tls.acme.directory] : []),
    ...(push.web_push.enabled ? ['https://updates.push.services.mozilla.com', 'https://fcm.googleapis.com'] : []),
  ];
}

export async function checkClock(sources: readonly string[], now: () => number): Promise<Finding> {
  for (const source of sources) {
    const offsetMs = await measure(source, now).catch(() => undefined);
    if (offsetMs !== undefined) return judge(offsetMs, new URL(source).hostname, now());
  }
  if (existsSync(SYNCHRONIZED)) return ok('kept by systemd-timesyncd');
  return ok(`${toText(now())} UTC; not compared with another one, because no service that says the time was reached`);
}

/** By how much this clock is ahead. */
async function measure(source: string, now: () => number): Promise<number | undefined> {
  const startedAt = now();
  const { headers } = await ask(new URL(source), { method: 'HEAD' });
  const theirs = Date.parse(headers.date ?? '');
  return Number.isNaN(theirs) ? undefined : (startedAt + now()) / 2 - theirs;
}

function judge(offsetMs: number, source: string, now: number): Finding {
  const size = Math.abs(offsetMs);
  if (size <= NOTICEABLE_MS) return ok(`${toText(now)} UTC, as ${source} says`);
  const seen = `the clock is ${describe(size)} ${offsetMs > 0 ? 'ahead' : 'behind'}: it says ${toText(now)} UTC, and ${source} another time`;
  if (size <= HARMFUL_MS) return warning(seen, REMEDY);
  return failure(`${seen}; certificates and credentials for calls are refused`, REMEDY);
}

const UNITS = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
] as const;

function describe(ms: number): string {
  const [unit, length] = UNITS.find(([, each]) => ms >= 2 * each) ?? ['seconds', 1000];
  return `${Math.round(ms / length)} ${unit}`;
}

const toText = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
