/** The two TURN servers that are compared, each as a process of its own on loopback. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TurnClient } from '../../server/turn/client/turn-client.ts';
import type { Coturn } from '../prepare-coturn.ts';
import { ChildProgram } from './child-program.ts';

export const TURN_SERVER_NAMES = ['coturn', 'vant'] as const;
export type TurnServerName = (typeof TURN_SERVER_NAMES)[number];

export interface RunningTurnServer {
  readonly pid: number;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  stop(): Promise<void>;
}

export interface TurnServerOptions {
  readonly coturn: Coturn;
  readonly directory: string;
  /** As peers see it. Ours never sends to it through the system: a peer must then be elsewhere. */
  readonly relayAddress: string;
  readonly stallMs?: number;
}

const HOST = fileURLToPath(new URL('turn-host.ts', import.meta.url));
const START_DEADLINE_MS = 10_000;

export async function startTurnServer(name: TurnServerName, options: TurnServerOptions): Promise<RunningTurnServer> {
  return name === 'vant' ? await startOurs(options) : await startCoturn(options);
}

async function startOurs({ relayAddress, stallMs = 0 }: TurnServerOptions): Promise<RunningTurnServer> {
  const child = new ChildProgram({ script: [HOST, relayAddress, String(stallMs)], isBare: true });
  const line = await child.untilOutput(/^turn (.+)$/m);
  const [port = '', , username = '', password = ''] = line.split(' ');
  return { pid: child.pid, port: Number(port), username, password, stop: () => child.stop() };
}

async function startCoturn({ coturn, directory }: TurnServerOptions): Promise<RunningTurnServer> {
  const port = await findFreePort();
  const [username, password] = ['bench', 'bench'];
  const flags = ['-n', '-L', '127.0.0.1', '-E', '127.0.0.1', '-p', String(port), '-a', '-r', 'vant'];
  const files = ['--userdb', join(directory, 'turndb'), '--pidfile', join(directory, 'turn.pid'), '-l', '/dev/null'];
  const ports = ['--min-port', '20000', '--max-port', '27999', '-u', `${username}:${password}`];
  const off = ['--allow-loopback-peers', '--no-cli', '--no-tls', '--no-dtls', '--simple-log'];
  const child: ChildProcess = spawn(join(coturn.directory, 'turnserver'), [...flags, ...files, ...ports, ...off], {
    env: { PATH: process.env['PATH'], ...coturn.env },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  await untilAnswers(port);
  return {
    pid: child.pid ?? -1,
    port,
    username,
    password,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** It says nothing that could be waited for. */
async function untilAnswers(port: number): Promise<void> {
  const untilMs = performance.now() + START_DEADLINE_MS;
  const client = await TurnClient.connect({ transport: 'udp', address: '127.0.0.1', port }, { timeoutMs: 1_000 });
  try {
    for (;;) {
      const isThere = await client.bind().then(
        () => true,
        () => false,
      );
      if (isThere) return;
      if (performance.now() > untilMs) throw new Error('coturn does not answer');
      await delay(100);
    }
  } finally {
    client.close();
  }
}

async function findFreePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
