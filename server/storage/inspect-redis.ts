/** What Redis says of itself, for the admin page. */
import type { RedisReply } from './connection.ts';

export interface RedisFacts {
  readonly version?: string;
  readonly memoryBytes?: number;
  /** Absent where there is no limit. */
  readonly maxMemoryBytes?: number;
  readonly aofBytes?: number;
  readonly lastRewriteSucceeded?: boolean;
}

interface Primaries {
  executeOnPrimaries(command: readonly string[]): Promise<RedisReply[]>;
}

/** Sums over the primaries of a cluster. Nothing but an empty object where INFO is forbidden. */
export async function inspectRedis(redis: Primaries): Promise<RedisFacts> {
  const infos = await redis.executeOnPrimaries(['INFO', 'everything']).catch(() => []);
  const nodes = infos.map((info) => parseInfo(String(info)));
  const [first] = nodes;
  if (first === undefined) return {};
  const sum = (name: string) => nodes.reduce((total, node) => total + Number(node.get(name) ?? 0), 0);
  const [maxMemoryBytes, version] = [sum('maxmemory'), first.get('redis_version')];
  return {
    ...(version !== undefined && { version }),
    memoryBytes: sum('used_memory'),
    ...(maxMemoryBytes > 0 && { maxMemoryBytes }),
    ...(first.get('aof_enabled') === '1' && {
      aofBytes: sum('aof_current_size'),
      lastRewriteSucceeded: nodes.every((node) => node.get('aof_last_bgrewrite_status') === 'ok'),
    }),
  };
}

function parseInfo(text: string): Map<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}
