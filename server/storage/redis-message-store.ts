/** Queues as Redis streams: XADD to append, XDEL when acknowledged. A plain append is two pipelined commands and no Lua,
 * because it is what the relay does all day. */
import type { DeviceAddress } from '../devices/device-address.ts';
import type {
  AppendResult,
  InspectedQueue,
  MessageStore,
  NewEntry,
  QueueInspector,
  QueueEntry,
  QueueSize,
} from '../messages/message-store.ts';
import { toAcceptedAt } from '../messages/message-store.ts';
import type { RedisConnection, RedisReply } from './connection.ts';
import type { StorageKeys } from './keys.ts';
import { loadScript } from './script.ts';

const APPEND_ENTRY = loadScript('append-entry');
const REMOVE_EXPIRED = loadScript('remove-expired');

export class RedisMessageStore implements MessageStore, QueueInspector {
  readonly #redis: RedisConnection;
  readonly #keys: StorageKeys;
  /** Added to Redis's clock when deciding what has expired; only tests set it. */
  readonly #clockOffsetMs: number;

  constructor(redis: RedisConnection, keys: StorageKeys, clockOffsetMs = 0) {
    this.#redis = redis;
    this.#keys = keys;
    this.#clockOffsetMs = clockOffsetMs;
  }

  async append(device: DeviceAddress, entry: NewEntry): Promise<AppendResult> {
    if (entry.isResend || entry.ttlMs !== undefined) return this.#appendByScript(device, entry);
    const queue = this.#keys.queue(device);
    const [entryId, queueLength] = await this.#redis.pipeline(queue, [
      ['XADD', queue, 'NOMKSTREAM', '*', 'm', entry.messageId, 'e', entry.envelope],
      ['XLEN', queue],
    ]);
    if (entryId === null) return { status: 'no-device' };
    return { status: 'appended', entryId: String(entryId), queueLength: queueLength as number };
  }

  async #appendByScript(device: DeviceAddress, entry: NewEntry): Promise<AppendResult> {
    const keys = [this.#keys.queue(device), this.#keys.expiries(device)] as const;
    const args = [entry.messageId, entry.envelope, String(entry.ttlMs ?? 0), entry.isResend ? '1' : '0'];
    // The whole script, not its hash: a server that does not know the hash asks for it again, and what was appended
    // after this would be before it.
    const command = ['EVAL', APPEND_ENTRY.source, String(keys.length), ...keys, ...args];
    const reply = await this.#redis.execute(keys[0], command);
    if (reply === null) return { status: 'no-device' };
    if (!Array.isArray(reply)) return { status: 'duplicate' };
    return { status: 'appended', entryId: String(reply[0]), queueLength: reply[1] as number };
  }

  async read(
    device: DeviceAddress,
    cursor: string,
    limit: number,
  ): Promise<{ entries: QueueEntry[]; queueLength: number }> {
    const queue = this.#keys.queue(device);
    const from = cursor === '' ? '-' : `(${cursor}`;
    const [page, queueLength] = await this.#redis.pipeline(queue, [
      ['XRANGE', queue, from, '+', 'COUNT', String(limit)],
      ['XLEN', queue],
    ]);
    return { entries: (page as RedisReply[]).map(toQueueEntry), queueLength: queueLength as number };
  }

  async remove(device: DeviceAddress, entryIds: readonly string[]): Promise<void> {
    const queue = this.#keys.queue(device);
    await this.#redis.execute(queue, ['XDEL', queue, ...entryIds]);
  }

  async countQueued(device: DeviceAddress): Promise<number> {
    const queue = this.#keys.queue(device);
    return (await this.#redis.execute(queue, ['XLEN', queue])) as number;
  }

  async measure(device: DeviceAddress): Promise<QueueSize> {
    const queue = this.#keys.queue(device);
    const [envelopes, first, bytes] = await this.#redis.pipeline(queue, [
      ['XLEN', queue],
      ['XRANGE', queue, '-', '+', 'COUNT', '1'],
      ['MEMORY', 'USAGE', queue],
    ]);
    const [oldest] = (first as RedisReply[]).map(toQueueEntry);
    return {
      envelopes: envelopes as number,
      // An empty queue takes a little, too; it is no mail.
      bytes: oldest === undefined ? 0 : (bytes as number),
      ...(oldest !== undefined && { oldestAt: toAcceptedAt(oldest.entryId) }),
    };
  }

  async inspect(device: DeviceAddress): Promise<InspectedQueue> {
    const [queue, expiries] = [this.#keys.queue(device), this.#keys.expiries(device)];
    const [size, scores] = await Promise.all([
      this.measure(device),
      this.#redis.execute(expiries, ['ZRANGE', expiries, '0', '-1', 'WITHSCORES']),
    ]);
    return { ...size, storedAs: [queue, expiries], expiries: toScores(scores as Buffer[]) };
  }

  async removeExpired(device: DeviceAddress, maxTtlMs: number): Promise<number> {
    const keys = [this.#keys.queue(device), this.#keys.expiries(device)] as const;
    const args = [String(maxTtlMs), String(this.#clockOffsetMs)];
    return (await this.#redis.evaluate(REMOVE_EXPIRED, keys, args)) as number;
  }
}

/** An XRANGE entry is [id, ['m', messageId, 'e', envelope]]. */
function toQueueEntry(reply: RedisReply): QueueEntry {
  const [entryId, fields] = reply as [Buffer, Buffer[]];
  return { entryId: entryId.toString(), envelope: fields[3] as Buffer };
}

function toScores(reply: Buffer[]): Map<string, number> {
  const scores = new Map<string, number>();
  for (let i = 0; i + 1 < reply.length; i += 2) scores.set(String(reply[i]), Number(reply[i + 1]));
  return scores;
}
