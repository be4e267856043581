import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isRunning } from '../../server/storage/embedded/process-table.ts';
import { until } from './until.ts';

export interface OwnerMessage {
  readonly ready?: number;
  readonly redisPid?: number;
  readonly error?: string;
  readonly fatal?: string;
  readonly log?: string;
  readonly acknowledged?: number;
  readonly refused?: number;
  readonly code?: string;
  readonly cause?: string;
  readonly written?: number;
}

const owners = new Set<OwnerProcess>();
process.once('exit', () => owners.forEach((owner) => owner.killNow()));

/** A storage in a process of its own (redis-owner.ts). */
export class OwnerProcess {
  readonly messages: OwnerMessage[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  redisPid = 0;

  /** `before` is a shell command that runs first, in a mount namespace of its own. */
  constructor(
    dataDirectory: string,
    mode: 'hold' | 'write' = 'hold',
    before?: string,
    fsync: 'always' | 'everysec' = 'always',
  ) {
    const args = [join(import.meta.dirname, 'redis-owner.ts'), dataDirectory, mode, fsync];
    const stdio = ['pipe', 'pipe', 'inherit'] as const;
    this.#child =
      before === undefined
        ? spawn(process.execPath, args, { stdio: [...stdio] })
        : spawn('unshare', ['-rm', 'sh', '-c', `${before} && exec "$0" "$@"`, process.execPath, ...args], {
            stdio: [...stdio],
          });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      const message = JSON.parse(line) as OwnerMessage;
      this.redisPid = message.redisPid ?? this.redisPid;
      this.messages.push(message);
    });
    this.#ended = once(this.#child, 'close').then(() => owners.delete(this));
    owners.add(this);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** The first message that fits, already said or yet to come. */
  async said<K extends keyof OwnerMessage>(
    field: K,
    matches: (value: NonNullable<OwnerMessage[K]>) => boolean = () => true,
  ) {
    const fits = (message: OwnerMessage) => message[field] !== undefined && matches(message[field]);
    const message = await until(`the owner to say "${field}"`, () => this.messages.find(fits), 30_000);
    return message[field]!;
  }

  /** "ready" or "error", whichever comes first. */
  async outcome(): Promise<OwnerMessage> {
    return until('the owner to start or fail', () => this.messages.find(({ ready, error }) => ready ?? error), 30_000);
  }

  acknowledged(): number[] {
    return this.messages.flatMap(({ acknowledged }) => acknowledged ?? []);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async stop(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended;
  }

  killNow(): void {
    this.#child.kill('SIGKILL');
    if (this.redisPid > 0 && isRunning(this.redisPid)) process.kill(this.redisPid, 'SIGKILL');
  }
}
