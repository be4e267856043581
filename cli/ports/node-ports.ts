/** What the client needs, as Node has it. */
import * as signal from '@signalapp/libsignal-client';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Bytes, ClientPorts, ClockPort, HttpPort, LogPort } from '../../client/ports.ts';
import { createMemoryStorage } from './memory-storage.ts';
import { createSqliteLocks } from './sqlite-locks.ts';
import { SqliteStorage } from './sqlite-storage.ts';
import { createWsSocketPort } from './ws-socket.ts';

export const STORE_FILE = 'vant.sqlite';

export interface NodePorts extends ClientPorts {
  readonly storage: SqliteStorage;
}

export function createNodePorts(directory: string, log: LogPort): NodePorts {
  return {
    ...createEphemeralPorts(log),
    storage: new SqliteStorage(join(directory, STORE_FILE)),
    locks: createSqliteLocks(join(directory, 'locks')),
  };
}

/** Nothing is left of them when the process ends. */
export function createEphemeralPorts(log: LogPort): ClientPorts {
  return {
    signal,
    http: nodeHttp,
    socket: createWsSocketPort(),
    storage: createMemoryStorage(),
    // There is no other program on this store.
    locks: { tryAcquire: async () => () => undefined },
    clock: nodeClock,
    random: { bytes: (count) => copy(randomBytes(count)) },
    digest: { sha256: async (bytes) => copy(createHash('sha256').update(bytes).digest()) },
    log,
  };
}

/** Node's Buffers may be views into a shared pool. */
const copy = (buffer: Uint8Array): Bytes => new Uint8Array(buffer);

const nodeHttp: HttpPort = {
  async request({ method, url, headers, body, timeoutMs }) {
    const response = await fetch(url, {
      method,
      headers: { ...headers },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(timeoutMs),
      // The credentials belong to this server, not to wherever it points.
      redirect: 'error',
    });
    return { status: response.status, body: await response.text() };
  },
};

export const nodeClock: ClockPort = {
  now: () => Date.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
