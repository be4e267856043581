/** What the client needs, as a worker in a browser has it. */
import type * as officialSignal from '@signalapp/libsignal-client';
import * as engine from '../../../e2ee/index.ts';
import type { ClientPorts, ClockPort, HttpPort, LogPort, StoragePort } from '../../../client/ports.ts';
import { browserSocket } from './browser-socket.ts';
import { createWebLocks } from './web-locks.ts';

export function createBrowserPorts(storage: StoragePort, log: LogPort): ClientPorts {
  return {
    // The same API, held to the official typings by a test; classes with private fields are never assignable.
    signal: engine as unknown as typeof officialSignal,
    http: browserHttp,
    socket: browserSocket,
    storage,
    locks: createWebLocks(navigator.locks),
    clock: browserClock,
    random: { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) },
    digest: {
      sha256: async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))),
    },
    log,
  };
}

const browserHttp: HttpPort = {
  async request({ method, url, headers, body, timeoutMs }) {
    const response = await fetch(url, {
      method,
      headers: { ...headers },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(timeoutMs),
      cache: 'no-store',
      credentials: 'omit',
      // The credentials belong to this server, not to wherever it points.
      redirect: 'error',
    });
    return { status: response.status, body: await response.text() };
  },
};

export const browserClock: ClockPort = {
  now: () => Date.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
