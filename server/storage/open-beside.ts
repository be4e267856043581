/** A connection to the Redis of a server that may be running: the embedded one through the socket of the running Vant, else by
 * starting it for the time being. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { InspectableConnection } from './connection.ts';
import { readRunRecord } from './embedded/orphan.ts';
import { probeRedis } from './embedded/probe.ts';
import { NodeLink } from './links/node-link.ts';
import { openStorage, type StorageHooks } from './open.ts';
import type { EmbeddedOptions, StorageOptions } from './options.ts';
import { ResilientConnection } from './resilient-connection.ts';
import { StorageSetupError } from './storage-setup-error.ts';

export interface BesideStorage {
  readonly connection: InspectableConnection;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** @throws StorageSetupError with what to do. */
export async function openBeside(options: StorageOptions, hooks: StorageHooks): Promise<BesideStorage> {
  const running = options.mode === 'embedded' ? await findRunning(options) : undefined;
  if (running !== undefined) return running;
  if (options.mode === 'embedded' && !existsSync(join(options.dataDirectory, 'redis'))) {
    throw new StorageSetupError(
      `There are no data in ${options.dataDirectory}. Name the configuration of the server (--config), or run this where the server runs.`,
    );
  }
  const storage = await openStorage(options, hooks);
  return { connection: storage.connection, close: () => storage.close() };
}

/** Undefined when no embedded Redis answers. */
export async function findRunning(options: EmbeddedOptions): Promise<BesideStorage | undefined> {
  const record = readRunRecord(join(options.dataDirectory, 'redis'));
  if (record === undefined || (await probeRedis(record.socketPath)).state === 'absent') return undefined;
  const link = new NodeLink({ locate: async () => ({ path: record.socketPath }) });
  const connection = new ResilientConnection(link, { onTrouble: () => undefined });
  try {
    await connection.whenReady(CONNECT_TIMEOUT_MS);
    return { connection, close: () => connection.close() };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
