import { createConnection } from 'node:net';

export type ProbeResult =
  | { readonly state: 'ready' }
  | { readonly state: 'loading'; readonly loadedPercent: number | undefined }
  | { readonly state: 'absent' };

const PROBE_TIMEOUT_MS = 2_000;

/** Asks a Redis at a socket how it is, without the client library: two inline commands, one answer. */
export function probeRedis(socketPath: string): Promise<ProbeResult> {
  const { promise, resolve } = Promise.withResolvers<ProbeResult>();
  const socket = createConnection(socketPath);
  let answer = '';
  socket.setTimeout(PROBE_TIMEOUT_MS, () => socket.destroy());
  socket.on('connect', () => socket.write('PING\r\nINFO persistence\r\n'));
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
    if (/^(\+PONG|-)/.test(answer) && answer.includes('aof_enabled')) socket.destroy();
  });
  socket.on('close', () => resolve(readAnswer(answer)));
  return promise;
}

function readAnswer(answer: string): ProbeResult {
  if (answer.startsWith('+PONG')) return { state: 'ready' };
  if (!answer.startsWith('-LOADING')) return { state: 'absent' };
  const percent = /loading_loaded_perc:([\d.]+)/.exec(answer)?.[1];
  return { state: 'loading', loadedPercent: percent === undefined ? undefined : Number(percent) };
}
