/** The least that keeps a message until it is acknowledged: XADD, on disk before it is answered and passed on, and XDEL when
 * it is acknowledged. No accounts, limits, windows, reading back, order between nodes. The measure for the relay. */
import { createClient, RESP_TYPES } from '@redis/client';
import { startEmbeddedRedis } from '../../server/storage/embedded/embedded-redis.ts';
import { encodeAccepted, encodeDelivery, type BareFrame } from './bare-frames.ts';
import { BareServer, type BareConnection } from './bare-server.ts';

const dataDirectory = process.argv[2];
if (dataDirectory === undefined) throw new Error('usage: bare-durable-forwarder.ts DIRECTORY');

// The same Redis with the same configuration as the relay's.
const redis = await startEmbeddedRedis(
  { mode: 'embedded', dataDirectory, maxMemoryBytes: 1 << 30, fsync: 'always', aofRewriteIntervalMs: 3_600_000 },
  {
    log: () => undefined,
    onFatal(error) {
      throw error;
    },
  },
);
const client = createClient({
  RESP: 2,
  socket: { path: redis.socketPath, tls: false },
  // The library's own timeout halves its throughput.
  commandOptions: { timeout: undefined as unknown as number, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
});
await client.connect();
process.once('SIGTERM', () => {
  client.destroy();
  void redis.stop().then(() => process.exit());
});

const server: BareServer = new BareServer((from, frame) => {
  if (frame.kind === 'send') void keepAndForward(from, frame);
  else remove(from, frame.deliveryId);
});

async function keepAndForward(from: BareConnection, frame: BareFrame & { kind: 'send' }): Promise<void> {
  const command = ['XADD', toQueue(frame.recipient), '*', 'e', frame.content];
  const entryId = (await client.sendCommand(command)) as unknown as Buffer;
  from.socket.send(encodeAccepted(frame.requestId));
  const to = server.find(frame.recipient);
  if (to === undefined) return;
  const deliveryId = to.nextDeliveryId++;
  to.entries.set(deliveryId, entryId);
  to.socket.send(encodeDelivery(deliveryId, frame.content));
}

function remove(from: BareConnection, deliveryId: number): void {
  const entryId = from.entries.get(deliveryId);
  if (entryId === undefined) return;
  from.entries.delete(deliveryId);
  void client.sendCommand(['XDEL', toQueue(from.account), entryId]);
}

function toQueue(account: string): string {
  return `queue:${Buffer.from(account, 'latin1').toString('hex')}`;
}
