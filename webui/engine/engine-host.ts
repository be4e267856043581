/** The engine of one tab: store, vault and client. Every tab has its own; they share the store, where a lock keeps them
 * apart, and a second lock says which one takes deliveries. */
import { createClient, type VantClient } from '../../client/client.ts';
import type { ClientEvents } from '../../client/events.ts';
import type { LogPort } from '../../client/ports.ts';
import type { EngineApi, EngineEvents, EngineState } from './engine-api.ts';
import { createBrowserPorts } from './ports/browser-ports.ts';
import { openDatabase } from './ports/database.ts';
import { createIndexedDbStorage } from './ports/indexeddb-storage.ts';
import { createRecordCipher } from './vault/record-cipher.ts';
import { openVault } from './vault/vault.ts';

const FORWARDED = [
  'message',
  'status',
  'changed',
  'typing',
  'call',
  'connection',
  'identityChanged',
  'queueDrained',
  'refused',
  'outbox',
] as const satisfies readonly (keyof ClientEvents)[];

type Emit = <K extends keyof EngineEvents>(name: K, detail: EngineEvents[K]) => void;

export class EngineHost {
  readonly #emit: Emit;
  readonly #log: LogPort;
  #client: VantClient | undefined;

  constructor(emit: Emit, log: LogPort) {
    this.#emit = emit;
    this.#log = log;
  }

  /** The object that calls from the page go to. */
  async target(name: keyof EngineApi): Promise<object> {
    if (name === 'control') return { open: () => this.#open() };
    if (this.#client === undefined) throw new Error('The engine has not been opened.');
    return name === 'client' ? this.#client : this.#client.team();
  }

  async #open(): Promise<EngineState> {
    this.#client ??= await this.#createClient();
    if ((await this.#client.account()) === undefined) return 'empty';
    await this.#client.connect({ receive: true });
    return 'joined';
  }

  async #createClient(): Promise<VantClient> {
    const database = await openDatabase(() => this.#log.write('error', 'database.closed'));
    const channel = new BroadcastChannel('vant-store');
    const storage = createIndexedDbStorage({
      database,
      cipher: createRecordCipher(await openVault(database)),
      locks: navigator.locks,
      onCommitted: () => channel.postMessage('committed'),
    });
    // Other tabs say when they have written, so nobody has to look again and again.
    const client = createClient(createBrowserPorts(storage, this.#log), { journalPollMs: 0 });
    channel.addEventListener('message', () => client.noticeChanges());
    for (const name of FORWARDED) client.on(name, (detail) => this.#emit(name, detail as never));
    return client;
  }
}
