/** Two nodes in the test process, on one redis-server of their own. */
import type { Overrides } from '../../server/app.ts';
import { readKeys } from './canary.ts';
import { RawDevice } from './raw-device.ts';
import { startSingleRedis } from './redis.ts';
import type { RedisProcess } from './redis-process.ts';
import { startNode } from './server.ts';

export type TestNode = Awaited<ReturnType<typeof startNode>>;

export interface TwoNodes {
  readonly redis: RedisProcess;
  readonly one: TestNode;
  readonly two: TestNode;
  readonly owner: RawDevice;
  stop(): Promise<void>;
}

/** Enough joins for a test; limits are tested where they are set. */
export const OPEN_LIMITS = { VANT_LIMITS_REGISTRATIONS_PER_ADDRESS: 'off', VANT_LIMITS_REQUESTS_PER_ADDRESS: 'off' };

export async function startTwoNodes(env: Record<string, string> = {}, overrides: Overrides = {}): Promise<TwoNodes> {
  const redis = await startSingleRedis();
  const shared = { VANT_REDIS_MODE: 'external', VANT_REDIS_EXTERNAL_URL: redis.url, ...OPEN_LIMITS, ...env };
  const one = await startNode(shared, overrides);
  const two = await startNode(shared, overrides);
  const owner = await RawDevice.join(one.url, one.app.setupLink ?? '');
  return {
    redis,
    one,
    two,
    owner,
    async stop() {
      await one.app.stop();
      await two.app.stop();
      await redis.stop();
    },
  };
}

/** Every key whose name or value holds the text. */
export async function findTraces(redis: RedisProcess, text: string): Promise<string[]> {
  const found = new Set<string>();
  await redis.admin((run) => readKeys(run, (key, value) => value.includes(text) && found.add(key)));
  return [...found];
}
