/** A queue behind a connection whose timing the test decides: operations take effect in the order of asking, later than they
 * were asked, and are answered in that order, later still. Other nodes append and entries expire in between. */
import type { DeviceAddress } from '../../../server/devices/device-address.ts';
import type { AppendResult, MessageStore, NewEntry, QueueEntry } from '../../../server/messages/message-store.ts';

interface Operation {
  readonly execute: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: Error) => void;
  readonly isWrite: boolean;
  /** Microtasks between the answer and its coming to the caller: a script passes through more hands than a command. */
  readonly hops: number;
  result?: unknown;
  failure?: Error;
}

export class SimulatedMessageStore implements MessageStore {
  readonly queue: QueueEntry[] = [];
  /** Everything that ever took effect, in order. */
  readonly everAppended: string[] = [];
  readonly expired = new Set<string>();
  /** Hops of the next append. */
  hops = 0;
  #lastId = 0;
  readonly #asked: Operation[] = [];
  readonly #executed: Operation[] = [];

  get isIdle(): boolean {
    return this.#asked.length + this.#executed.length === 0;
  }

  append(_device: DeviceAddress, entry: NewEntry): Promise<AppendResult> {
    return this.#ask(true, () => {
      if (entry.isResend && this.queue.some(({ envelope }) => isSame(envelope, entry.envelope))) {
        return { status: 'duplicate' };
      }
      return { status: 'appended', entryId: this.push(entry.envelope), queueLength: this.queue.length };
    });
  }

  read(_device: DeviceAddress, cursor: string, limit: number): Promise<{ entries: QueueEntry[]; queueLength: number }> {
    return this.#ask(false, () => {
      const after = cursor === '' ? 0 : toNumber(cursor);
      const entries = this.queue.filter(({ entryId }) => toNumber(entryId) > after).slice(0, limit);
      return { entries, queueLength: this.queue.length };
    });
  }

  remove(_device: DeviceAddress, entryIds: readonly string[]): Promise<void> {
    return this.#ask(true, () => this.#delete(new Set(entryIds)));
  }

  async countQueued(): Promise<number> {
    return this.queue.length;
  }

  async removeExpired(): Promise<number> {
    return 0;
  }

  /** What another node does: at once. */
  push(envelope: Uint8Array): string {
    const entryId = `${++this.#lastId}-0`;
    this.queue.push({ entryId, envelope });
    this.everAppended.push(entryId);
    return entryId;
  }

  expire(index: number): void {
    const entry = this.queue[index % Math.max(1, this.queue.length)];
    if (entry === undefined) return;
    this.expired.add(entry.entryId);
    this.#delete(new Set([entry.entryId]));
  }

  execute(count: number): void {
    for (const operation of this.#asked.splice(0, count)) {
      operation.result = operation.execute();
      this.#executed.push(operation);
    }
  }

  /** The store refuses one write and goes on (no memory, no disk). */
  refuseNext(): void {
    const operation = this.#asked[0];
    if (operation?.isWrite !== true) return;
    this.#asked.shift();
    operation.failure = new Error('refused');
    this.#executed.push(operation);
  }

  /** Several answers may come out of one read from the socket. */
  answer(count: number): void {
    for (const { resolve, reject, result, failure } of this.#executed.splice(0, count)) {
      if (failure === undefined) resolve(result);
      else reject(failure);
    }
  }

  /** What has taken effect stays, what has not never will; nobody is told which. */
  loseConnection(): void {
    for (const { reject } of [...this.#executed.splice(0), ...this.#asked.splice(0)]) reject(new Error('lost'));
  }

  #delete(entryIds: ReadonlySet<string>): void {
    const left = this.queue.filter(({ entryId }) => !entryIds.has(entryId));
    this.queue.splice(0, this.queue.length, ...left);
  }

  async #ask<T>(isWrite: boolean, execute: () => unknown): Promise<T> {
    const hops = isWrite ? this.hops : 0;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#asked.push({ execute, resolve, reject, isWrite, hops });
    const result = await promise;
    for (let hop = 0; hop < hops; hop++) await Promise.resolve();
    return result as T;
  }
}

export const toNumber = (entryId: string): number => Number(entryId.split('-')[0]);

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
