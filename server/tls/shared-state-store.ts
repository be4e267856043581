/** Keys and certificates of nodes that share one Redis: sealed with their secret.key, so that whoever has only the Redis has no key of
 * the server. One node renews; all of them answer the authority, whichever it reaches. */
import { randomUUID } from 'node:crypto';
import type { Log } from '../observability/log.ts';
import { Seal } from '../push/target-seal.ts';
import type { DataKey } from '../storage/data-key.ts';
import type { NodeMessage, StateName, StateStore } from './state-store.ts';
import type { TlsRecords } from './tls-records.ts';
import { TlsSetupError } from './tls-setup-error.ts';

/** A node that dies in the middle keeps the others waiting for this long. */
const LEASE_MS = 30_000;
const PROLONG_MS = 10_000;
const MESSAGE_CONTEXT = 'message';
const STATES: readonly StateName[] = ['certificate', 'authority'];

/** @throws TlsSetupError when the other nodes use another secret.key */
export async function openSharedStateStore(records: TlsRecords, dataKey: DataKey, log: Log): Promise<StateStore> {
  const seal = new Seal(dataKey.derive('tls state'));
  for (const name of STATES) {
    const sealed = await records.read(name);
    if (sealed === undefined || seal.open(sealed, name) !== undefined) continue;
    throw new TlsSetupError(
      'The other nodes keep their certificates under another secret.key. Copy secret.key from the data directory of the first node to this one, and start again. If the first one is gone for good, delete the keys *tls:{tls}:* in Redis.',
    );
  }
  return new SharedStateStore(records, seal, log);
}

class SharedStateStore implements StateStore {
  readonly #records: TlsRecords;
  readonly #seal: Seal;
  readonly #log: Log;
  readonly #token = randomUUID();

  constructor(records: TlsRecords, seal: Seal, log: Log) {
    this.#records = records;
    this.#seal = seal;
    this.#log = log;
  }

  async read(name: StateName): Promise<string | undefined> {
    const sealed = await this.#records.read(name);
    return sealed && this.#seal.open(sealed, name)?.toString();
  }

  async write(name: StateName, text: string): Promise<void> {
    await this.#records.write(name, this.#seal.seal(Buffer.from(text), name));
  }

  async remove(name: StateName): Promise<void> {
    await this.#records.remove(name);
  }

  async withLock<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    if (!(await this.#records.acquireLease(this.#token, LEASE_MS))) return undefined;
    const lost = new AbortController();
    const timer = setInterval(() => void this.#prolong(lost), PROLONG_MS).unref();
    try {
      return await work(lost.signal);
    } finally {
      clearInterval(timer);
      await this.#records.releaseLease(this.#token).catch(() => undefined);
    }
  }

  async publish(message: NodeMessage): Promise<void> {
    await this.#records.publish(this.#seal.seal(Buffer.from(JSON.stringify(message)), MESSAGE_CONTEXT));
  }

  async subscribe(listener: (message: NodeMessage) => void): Promise<void> {
    await this.#records.subscribe((sealed) => {
      const text = this.#seal.open(sealed, MESSAGE_CONTEXT);
      if (text === undefined) this.#log.debug('A message about certificates was sealed with another secret.key');
      else listener(JSON.parse(text.toString()) as NodeMessage);
    });
  }

  async #prolong(lost: AbortController): Promise<void> {
    const isHeld = await this.#records.acquireLease(this.#token, LEASE_MS).catch(() => true);
    if (!isHeld) lost.abort(new Error('another node has taken over'));
  }
}
