import { createConnection } from 'node:net';

export type ProbeResult =
  | { readonly state: 'ready' }
  | { readonly state: 'loading'; readonly loadedPercent: number | undefined }
  | { readonly state: 'absent' };

const PROBE_TIMEOUT_MS = 2_000;
/** A busy Redis may take a while; one that takes this long helps nobody. */
const ANSWER_TIMEOUT_MS = 5_000;

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

/** Whether it says anything at all, be it that it is loading, busy or cannot write. @param timeoutMs how long it may take */
export function isAnswering(socketPath: string, timeoutMs = ANSWER_TIMEOUT_MS): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = createConnection(socketPath);
  const end = (isThere: boolean) => {
    resolve(isThere);
    socket.destroy();
  };
  socket.setTimeout(timeoutMs, () => end(false));
  socket.on('connect', () => socket.write('PING\r\n'));
  socket.on('data', () => end(true));
  for (const event of ['error', 'close']) socket.on(event, () => end(false));
  return promise;
}

function readAnswer(answer: string): ProbeResult {
  if (answer.startsWith('+PONG')) return { state: 'ready' };
  if (!answer.startsWith('-LOADING')) return { state: 'absent' };
  const percent = /loading_loaded_perc:([\d.]+)/.exec(answer)?.[1];
  return { state: 'loading', loadedPercent: percent === undefined ? undefined : Number(percent) };
}
