/** Connects thousands of devices, all at once as after a restart of the relay or some at a time, and keeps them. */
import { Cursor } from './fields.ts';
import type { HoldJob, HoldResult } from './jobs.ts';
import { RawWebSocket, type SocketEvents } from './raw-web-socket.ts';

const SERVER_FRAME_QUEUE_DRAINED = 4;

export async function holdConnections(job: HoldJob): Promise<HoldResult> {
  const all = Promise.withResolvers<undefined>();
  const cursor = new Cursor();
  let ready = 0;
  let started = 0;
  const connectNext = () => {
    const device = job.devices[started++];
    if (device !== undefined) new RawWebSocket(job.target, device.credentials, events);
  };
  const countReady = () => {
    connectNext();
    if (++ready === job.devices.length) all.resolve(undefined);
  };
  const events: SocketEvents = {
    opened: () => job.readiness === 'open' && countReady(),
    frame(_socket, data, start, end) {
      if (!cursor.open(data, start, end).next()) return;
      if (cursor.field === SERVER_FRAME_QUEUE_DRAINED) countReady();
    },
    ended: (reason) => all.reject(new Error(`after ${ready} connections: ${reason}`)),
  };
  const startMs = performance.now();
  for (let i = 0; i < job.concurrency; i++) connectNext();
  await all.promise;
  return { readyMs: performance.now() - startMs };
}
