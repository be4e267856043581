/** Whether Redis keeps what it has taken. */
import type { Config } from '../../config/schema.ts';
import { checkExternalRedis } from '../storage/external-check.ts';
import { inspectRedis, type RedisFacts } from '../storage/inspect-redis.ts';
import type { InspectableConnection } from '../storage/connection.ts';
import { failure, ok, warning, type Finding } from './check.ts';
import { describeBytes } from './describe-bytes.ts';

const MEMORY_SHARE = 0.8;
const CLOCK_DIFFERENCE_MS = 30_000;
const PROBE_KEY = 'vant:{check}';

export async function checkRedis(redis: InspectableConnection, config: Config, now: () => number): Promise<Finding> {
  const isEmbedded = config.redis.mode === 'embedded';
  const { version, findings } = await checkExternalRedis(redis, kindOf(config));
  const worst = findings.find(({ severity }) => severity === 'unusable' || severity === 'unsafe');
  const said = findings.map(({ message }) => message).join(' ');
  const seen = `${isEmbedded ? 'embedded' : 'external'} Redis ${version}`;
  // The sentence says what mends it.
  if (worst !== undefined) return failure(`${seen}: ${said}`, 'Do what the sentence says, then ask again.');
  const facts = await inspectRedis(redis);
  const trouble = judgeFacts(facts) ?? (await checkRedisClock(redis, now));
  if (trouble !== undefined) return warning(`${seen}: ${trouble.seen}`, trouble.remedy ?? '');
  if (said !== '') return warning(`${seen}: ${said}`, 'Do what the sentence says.');
  return ok(`${seen}, ${describeDurability(config)}${describeSize(facts)}`);
}

function kindOf({ redis: { external } }: Config) {
  if (external.cluster.nodes.length > 0) return 'cluster';
  return external.sentinel.master === undefined ? 'url' : 'sentinel';
}

function judgeFacts({ memoryBytes = 0, maxMemoryBytes, lastRewriteSucceeded }: RedisFacts): Finding | undefined {
  if (maxMemoryBytes !== undefined && memoryBytes > maxMemoryBytes * MEMORY_SHARE) {
    return warning(
      `it holds ${describeBytes(memoryBytes)} of at most ${describeBytes(maxMemoryBytes)}; when it is full, messages are refused`,
      'Allow more (redis.embedded.max_memory), or remove devices that never come back.',
    );
  }
  if (lastRewriteSucceeded === false) {
    return warning(
      'its file could not be rewritten: deleted messages stay on disk',
      'See the log; mostly a full disk.',
    );
  }
  return undefined;
}

/** The time to live of messages goes by the clock of Redis. */
async function checkRedisClock(redis: InspectableConnection, now: () => number): Promise<Finding | undefined> {
  const reply = (await redis.execute(PROBE_KEY, ['TIME']).catch(() => undefined)) as Buffer[] | undefined;
  if (reply === undefined) return undefined;
  const differenceMs = Number(reply[0]) * 1000 - now();
  if (Math.abs(differenceMs) <= CLOCK_DIFFERENCE_MS) return undefined;
  return warning(
    `its clock differs from this one by ${Math.round(Math.abs(differenceMs) / 1000)} s, and messages expire by it`,
    'Set both clocks: timedatectl set-ntp true',
  );
}

function describeDurability({ redis }: Config): string {
  if (redis.mode === 'external') return 'durable';
  return redis.embedded.fsync === 'always'
    ? 'on disk before it is acknowledged'
    : 'on disk every second: a power cut may cost the last two (redis.embedded.fsync)';
}

const describeSize = ({ memoryBytes }: RedisFacts): string =>
  memoryBytes === undefined ? '' : `, ${describeBytes(memoryBytes)} in memory`;
