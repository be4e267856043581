import type { RedisReply } from '../connection.ts';
import type { Log } from '../options.ts';
import { hasAppendedCommands, listReplacedAofFiles } from './aof-files.ts';

export interface RewriterClock {
  /** Calls back again and again. @returns what ends it. */
  every(intervalMs: number, callback: () => void): () => void;
  delay(delayMs: number): Promise<void>;
}

export interface AofRewriterOptions {
  readonly execute: (command: readonly string[]) => Promise<RedisReply>;
  readonly directory: string;
  readonly intervalMs: number;
  readonly clock: RewriterClock;
  readonly log: Log;
  readonly timeoutMs?: number | undefined;
}

const POLL_MS = 20;
const DEFAULT_TIMEOUT_MS = 300_000;

/** A deleted envelope stays in the append-only file until the file is written anew from what is still there. Redis does so by
 * itself only when the file has doubled, which on a quiet server is never; this does it by the clock. */
export class AofRewriter {
  readonly #options: AofRewriterOptions;
  readonly #stopTicking: () => void;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: AofRewriterOptions) {
    this.#options = options;
    this.#stopTicking = options.clock.every(options.intervalMs, () => {
      this.rewrite().catch((error: unknown) => {
        options.log('warn', `The append-only file could not be rewritten: ${(error as Error).message}`);
      });
    });
  }

  /** Resolves when everything that was deleted before this call has left the disk. A rewrite that runs already does not count: it
   * may have begun before the deletion.
   * @returns false when nothing had been written since the last one, so that there was nothing to do. */
  rewrite(): Promise<boolean> {
    const mine = this.#last.then(() => this.#rewriteOnce());
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  stop(): void {
    this.#stopTicking();
  }

  async #rewriteOnce(): Promise<boolean> {
    const { directory, execute } = this.#options;
    if (!hasAppendedCommands(directory)) return false;
    // Redis may be at it on its own account.
    await this.#until(async () => (await this.#statusWhenIdle()) !== undefined);
    await execute(['BGREWRITEAOF']);
    let status: string | undefined;
    await this.#until(async () => (status = await this.#statusWhenIdle()) !== undefined);
    if (status !== 'ok') throw new Error(`Redis reports "${status ?? 'nothing'}".`);
    await this.#until(async () => listReplacedAofFiles(directory).length === 0);
    return true;
  }

  async #statusWhenIdle(): Promise<string | undefined> {
    const text = String(await this.#options.execute(['INFO', 'persistence']));
    const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1];
    const isIdle = field('aof_rewrite_in_progress') === '0' && field('aof_rewrite_scheduled') === '0';
    return isIdle ? field('aof_last_bgrewrite_status') : undefined;
  }

  async #until(isDone: () => Promise<boolean>): Promise<void> {
    const untilMs = performance.now() + (this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    while (!(await isDone())) {
      if (performance.now() > untilMs) throw new Error('It takes too long.');
      await this.#options.clock.delay(POLL_MS);
    }
  }
}
