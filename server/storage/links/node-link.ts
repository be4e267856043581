import { setTimeout as delay } from 'node:timers/promises';
import { NotSentError, type Command, type LinkEvents, type RedisLink } from './link.ts';
import { createNodeClient, type Credentials, type NodeAddress, type NodeClient } from './node-client.ts';
import { errorCodeOf } from '../storage-error.ts';
import { SubscriptionTable } from './subscription-table.ts';

export interface NodeLinkOptions {
  /** Where the primary is at this moment: constant for one server, asked from Sentinel otherwise. */
  readonly locate: () => Promise<NodeAddress>;
  readonly credentials?: Credentials | undefined;
  readonly connectTimeoutMs?: number | undefined;
  /** How often both sockets are tried, and the primary is looked up again. */
  readonly healthIntervalMs?: number | undefined;
}

const FIRST_RETRY_MS = 20;
const LONGEST_RETRY_MS = 1_000;

interface Sockets {
  readonly address: NodeAddress;
  readonly commands: NodeClient;
  readonly subscriber: NodeClient;
  /** Rejects when either socket is lost. */
  readonly lost: Promise<never>;
  readonly lose: (reason: Error) => void;
}

/** One primary node: two sockets, one for commands and one for subscriptions. When either is lost both are replaced, after
 * asking where the primary is now; so a restart, a failover and a moved server are one case. */
export class NodeLink implements RedisLink {
  readonly #options: NodeLinkOptions;
  readonly #subscriptions = new SubscriptionTable();
  readonly #stop = new AbortController();
  #sockets: Sockets | undefined;
  #isReady = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: NodeLinkOptions) {
    this.#options = options;
  }

  start(events: LinkEvents): void {
    this.#running = this.#run(events);
  }

  isReady(): boolean {
    return this.#isReady;
  }

  send(_key: string, command: Command): Promise<unknown> {
    return this.#commands().sendCommand(command as Parameters<NodeClient['sendCommand']>[0]);
  }

  /** Written in one turn on one socket, so nothing comes between; a lost socket loses all of it or nothing. */
  async sendTransaction(key: string, commands: readonly Command[]): Promise<unknown[]> {
    const replies = [['MULTI'], ...commands, ['EXEC']].map((command) => this.send(key, command));
    const [last] = (await Promise.all(replies)).slice(-1);
    return last as unknown[];
  }

  async subscribe(channel: string, listener: (message: Buffer) => void): Promise<void> {
    this.#subscriptions.set(channel, listener);
    // Not connected: the next connection takes it along, and tells when it stands.
    if (this.#isReady) await this.#sockets?.subscriber.sSubscribe(channel, this.#subscriptions.dispatch, true);
    else await this.#subscriptions.whenStanding(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#subscriptions.delete(channel);
    // The listener is named: only so does the library see that a new subscription may follow before the reply.
    if (this.#isReady) await this.#sockets?.subscriber.sUnsubscribe(channel, this.#subscriptions.dispatch, true);
  }

  async primaries(): Promise<((command: Command) => Promise<unknown>)[]> {
    return [(command) => this.send('', command)];
  }

  restart(reason: Error): void {
    this.#sockets?.lose(reason);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#sockets?.lose(new Error('The connection was closed.'));
    await this.#running;
  }

  #isClosing(): boolean {
    return this.#stop.signal.aborted;
  }

  #commands(): NodeClient {
    if (this.#sockets === undefined) throw new NotSentError('There is no connection to Redis.');
    return this.#sockets.commands;
  }

  async #run(events: LinkEvents): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.#isClosing()) {
      try {
        const sockets = await this.#open();
        retryMs = FIRST_RETRY_MS;
        await this.#useUntilLost(sockets, events);
      } catch (reason) {
        if (this.#isClosing()) return;
        events.onTrouble(reason as Error);
      }
      await delay(retryMs, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
  }

  async #open(): Promise<Sockets> {
    const address = await this.#options.locate();
    const { promise: lost, reject: lose } = Promise.withResolvers<never>();
    lost.catch(() => undefined);
    const newClient = () =>
      createNodeClient(address, this.#options.credentials ?? {}, this.#options.connectTimeoutMs ?? 5_000).on(
        'error',
        lose,
      );
    const sockets: Sockets = { address, commands: newClient(), subscriber: newClient(), lost, lose };
    this.#sockets = sockets;
    try {
      await Promise.race([this.#greet(sockets), lost]);
      return sockets;
    } catch (reason) {
      this.#discard(sockets);
      throw reason;
    }
  }

  async #greet({ commands, subscriber }: Sockets): Promise<void> {
    await Promise.all([commands.connect(), subscriber.connect()]);
    await ping(commands);
    const role = await readRole(commands);
    if (role !== 'master') throw new Error(`READONLY The server is a ${role}, not a primary.`);
    for (const batch of this.#subscriptions.batches())
      await subscriber.sSubscribe(batch, this.#subscriptions.dispatch, true);
  }

  async #useUntilLost(sockets: Sockets, events: LinkEvents): Promise<void> {
    this.#isReady = true;
    const isAgain = this.#subscriptions.markStanding();
    const stopWatching = this.#watch(sockets);
    events.onReady();
    if (isAgain) events.onResubscribed();
    try {
      await sockets.lost;
    } catch (reason) {
      this.#isReady = false;
      this.#subscriptions.markInterrupted();
      stopWatching();
      this.#discard(sockets);
      if (!this.#isClosing()) events.onLost(reason as Error);
    }
  }

  /** A peer that vanished without closing answers nothing; an idle subscriber would never notice. */
  #watch(sockets: Sockets): () => void {
    const intervalMs = this.#options.healthIntervalMs ?? 5_000;
    let isAnswered = true;
    const timer = setInterval(() => {
      if (!isAnswered) {
        sockets.lose(new Error(`Redis has not answered a PING for ${intervalMs} ms.`));
        return;
      }
      isAnswered = false;
      this.#examine(sockets).then(() => (isAnswered = true), sockets.lose);
    }, intervalMs);
    timer.unref();
    return () => clearInterval(timer);
  }

  async #examine({ address, commands, subscriber }: Sockets): Promise<void> {
    await Promise.all([ping(commands), ping(subscriber)]);
    // A primary that Sentinel has replaced may live on beside the new one; whoever cannot ask Sentinel stays where it is.
    const now = await this.#options.locate().catch(() => address);
    if (JSON.stringify(now) !== JSON.stringify(address)) throw new Error('Another node is the primary now.');
  }

  #discard({ commands, subscriber }: Sockets): void {
    this.#sockets = undefined;
    for (const client of [commands, subscriber]) if (client.isOpen) client.destroy();
  }
}

const isForbidden = (error: unknown) => errorCodeOf(error) === 'NOPERM';

/** Fails while the server still loads its data: it takes connections by then, and refuses commands. */
async function ping(client: NodeClient): Promise<void> {
  try {
    await client.sendCommand(['PING']);
  } catch (error) {
    // Whoever may not ask has been answered, too.
    if (!isForbidden(error)) throw error;
  }
}

/** An ACL user may have neither right; then the first write tells. */
async function readRole(client: NodeClient): Promise<string> {
  try {
    const [role] = (await client.sendCommand(['ROLE'])) as unknown as [Buffer];
    return role.toString();
  } catch (error) {
    if (!isForbidden(error)) throw error;
  }
  try {
    const info = (await client.sendCommand(['INFO', 'replication'])) as unknown as Buffer;
    return /^role:(\w+)/m.exec(info.toString())?.[1] ?? 'master';
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return 'master';
  }
}
