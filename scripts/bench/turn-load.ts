/** coturn's own client as the load on both servers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Coturn } from '../prepare-coturn.ts';
import { readCpuSeconds } from './process-figures.ts';
import type { RunningTurnServer } from './turn-servers.ts';

export interface LoadRequest {
  /** To itself through two allocations, or to a peer outside and back. */
  readonly way: 'relayed' | 'peer';
  readonly clients: number;
  readonly messages: number;
  /** Between two messages of a client. */
  readonly intervalMs: number;
}

export interface LoadResult {
  readonly sent: number;
  readonly received: number;
  /** In the best second. */
  readonly peakPerSecond: number;
  /** Of the server, for each message that arrived. */
  readonly cpuMicroseconds: number;
}

const PAYLOAD_BYTES = 160;
const PEER_PORT = 13_481;

export async function runLoad(coturn: Coturn, server: RunningTurnServer, request: LoadRequest): Promise<LoadResult> {
  const env = { PATH: process.env['PATH'], ...coturn.env };
  const peer =
    request.way === 'peer'
      ? spawn(join(coturn.directory, 'turnutils_peer'), ['-L', '127.0.0.1', '-p', String(PEER_PORT)], {
          env,
          stdio: 'ignore',
        })
      : undefined;
  const way = request.way === 'peer' ? ['-e', '127.0.0.1', '-r', String(PEER_PORT)] : ['-y'];
  const flags = ['-p', String(server.port), '-u', server.username, '-w', server.password, '-c', ...way];
  const size = ['-m', String(request.clients), '-n', String(request.messages), '-z', String(request.intervalMs)];
  const cpuBefore = readCpuSeconds(server.pid);
  try {
    const args = [...flags, ...size, '-l', String(PAYLOAD_BYTES), '127.0.0.1'];
    const client = spawn(join(coturn.directory, 'turnutils_uclient'), args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [client.stdout, client.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    }
    const [code] = (await once(client, 'close')) as [number | null];
    if (code !== 0) throw new Error(`turnutils_uclient ended with ${code ?? 'a signal'}: ${text.slice(-500)}`);
    return toResult(text, readCpuSeconds(server.pid) - cpuBefore);
  } finally {
    peer?.kill('SIGKILL');
  }
}

/** It reports once a second, and at the end. */
function toResult(text: string, cpuSeconds: number): LoadResult {
  const counts = [...text.matchAll(/tot_send_msgs=(\d+), tot_recv_msgs=(\d+)/g)].map((match) => [
    Number(match[1]),
    Number(match[2]),
  ]);
  const [sent = 0, received = 0] = counts.at(-1) ?? [];
  const seconds = [...text.matchAll(/^(\d+): : start_mclient: msz=\d+, tot_send_msgs=\d+, tot_recv_msgs=(\d+)/gm)];
  let peakPerSecond = 0;
  for (let index = 1; index < seconds.length; index++) {
    const passed = Number(seconds[index]?.[1]) - Number(seconds[index - 1]?.[1]);
    const count = Number(seconds[index]?.[2]) - Number(seconds[index - 1]?.[2]);
    if (passed === 1) peakPerSecond = Math.max(peakPerSecond, count);
  }
  return { sent, received, peakPerSecond, cpuMicroseconds: (cpuSeconds * 1e6) / Math.max(1, received) };
}
