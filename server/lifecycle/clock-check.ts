/** Whether the clock of this machine can be right, by what the data have seen: each minute the time is noted beside them. A clock that is
 * behind keeps messages for too long and makes certificates seem not valid yet; one that leaps ahead deletes messages early. Nothing
 * is refused: after a clock that was ahead for a while, the right time looks like one that is behind. */
import type { RedisConnection } from '../storage/connection.ts';

const NOTE_INTERVAL_MS = 60_000;
/** Summer time is none of UTC's business; what an NTP daemon corrects is less. */
const TOLERANCE_MS = 60 * 60_000;

interface Means {
  readonly redis: Pick<RedisConnection, 'execute'>;
  readonly key: string;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  /** Goes on evenly whatever is done to the clock. */
  readonly monotonicMs?: () => number;
}

const REMEDY = 'Set it, and let it be kept right: timedatectl set-ntp true';

/** @returns what is wrong with it at this moment, and a function that ends the noting */
export async function watchClock(
  means: Means,
): Promise<{ warning: string | undefined; look(): Promise<void>; stop(): void }> {
  const { redis, key, now, warn, monotonicMs = () => performance.now() } = means;
  const seen = Number(String((await redis.execute(key, ['GET', key])) ?? 0));
  const warning =
    seen - now() > TOLERANCE_MS
      ? `The clock of this machine says ${toText(now())}, and the data have seen ${toText(seen)} already: it is behind, or was ahead. ${REMEDY}`
      : undefined;
  let last = { wallMs: now(), evenMs: monotonicMs() };
  const look = async (): Promise<void> => {
    const leapMs = now() - last.wallMs - (monotonicMs() - last.evenMs);
    last = { wallMs: now(), evenMs: monotonicMs() };
    if (Math.abs(leapMs) > TOLERANCE_MS) {
      warn(
        `The clock of this machine has leapt by ${Math.round(leapMs / 60_000)} minutes, to ${toText(now())}. If that is wrong: ${REMEDY}`,
      );
    }
    await redis.execute(key, ['SET', key, `${now()}`]);
  };
  await look();
  const timer = setInterval(() => void look().catch(() => undefined), NOTE_INTERVAL_MS);
  timer.unref();
  return { warning, look, stop: () => clearInterval(timer) };
}

const toText = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`;
