import { rmSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { openStorage, type StorageHooks } from '../../../server/storage/open.ts';
import type { ExternalOptions } from '../../../server/storage/options.ts';
import { createTestDirectory } from '../../support/redis-process.ts';
import {
  SENTINEL_NAME,
  startClusterRedis,
  startSentinelRedis,
  startSingleRedis,
  startTlsRedis,
} from '../../support/redis.ts';
import { describeConnectionContract } from './contract.ts';
import { embeddedOptions } from './embedded-options.ts';

const hooks: StorageHooks = {
  log: () => undefined,
  onFatal: (error) => {
    throw error;
  },
};
const external = { mode: 'external', requireDurable: true } as const;

/** One server for the suite, as many connections as a test wants. */
function describeExternal<T extends { stop(): Promise<void> }>(
  name: string,
  start: () => Promise<T>,
  optionsOf: (server: T) => ExternalOptions,
) {
  let server: Promise<T> | undefined;
  beforeAll(async () => {
    server = start();
    await server;
  }, 60_000);
  afterAll(async () => (await server)?.stop());
  describeConnectionContract(name, async () => openStorage(optionsOf(await server!), hooks));
}

describeConnectionContract('embedded', async () => {
  const dataDirectory = createTestDirectory();
  const storage = await openStorage(embeddedOptions(dataDirectory), hooks);
  const close = async () => {
    await storage.close();
    rmSync(dataDirectory, { recursive: true });
  };
  return { connection: storage.connection, close };
});

describeExternal('one server', startSingleRedis, ({ url }) => ({ ...external, target: { kind: 'url', url } }));

describeExternal('TLS and ACL', startTlsRedis, ({ url, ca, username, password }) => ({
  ...external,
  target: { kind: 'url', url },
  username,
  password,
  tls: { isEnabled: true, ca },
}));

describeExternal('Sentinel', startSentinelRedis, ({ sentinelPort }) => ({
  ...external,
  target: { kind: 'sentinel', primaryName: SENTINEL_NAME, nodes: [{ host: '127.0.0.1', port: sentinelPort }] },
}));

describeExternal('cluster', startClusterRedis, ({ nodes }) => ({
  ...external,
  target: { kind: 'cluster', nodes: nodes.map(({ port }) => ({ host: '127.0.0.1', port })) },
}));
