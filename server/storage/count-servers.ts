import type { RedisConnection } from './connection.ts';
import { createStorageKeys } from './keys.ts';

/** How many servers of this team are connected to this Redis: each listens for questions about its memory. */
export async function countServers(redis: RedisConnection, prefix: string): Promise<number> {
  const { liveQuestions } = createStorageKeys(prefix);
  const reply = await redis.execute(liveQuestions, ['PUBSUB', 'SHARDNUMSUB', liveQuestions]);
  return Array.isArray(reply) ? Number(reply[1] ?? 0) : 0;
}
