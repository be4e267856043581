import { createCluster } from '@redis/client';
import { setTimeout as delay } from 'node:timers/promises';
import type { HostAndPort } from '../options.ts';
import { NotSentError, type Command, type LinkEvents, type RedisLink } from './link.ts';
import {
  CLIENT_OPTIONS,
  COMMAND_OPTIONS,
  tcpSocket,
  tlsOptions,
  type Credentials,
  type NodeClient,
  type NodeTls,
} from './node-client.ts';
import { keySlot } from './key-slot.ts';
import { SubscriptionTable } from './subscription-table.ts';

export interface ClusterLinkOptions {
  readonly nodes: readonly HostAndPort[];
  readonly credentials?: Credentials | undefined;
  readonly tls?: NodeTls | undefined;
  readonly connectTimeoutMs?: number | undefined;
  readonly healthIntervalMs?: number | undefined;
}

const FIRST_RETRY_MS = 20;
const LONGEST_RETRY_MS = 1_000;
/** After a slot has moved the library subscribes anew by itself; this is how soon we look whether it did. */
const SETTLE_MS = 100;
const SLOTS = 16_384;
const MAX_REDIRECTIONS = 5;

type Cluster = ReturnType<typeof newCluster>;
type Wire = Parameters<Cluster['sendCommand']>[2];

/** All primaries of a cluster, through the library's client, which follows MOVED and ASK. What it does not promise is that a
 * subscription outlives every change of the slots; so the table here is compared with what the library holds. */
export class ClusterLink implements RedisLink {
  readonly #options: ClusterLinkOptions;
  readonly #subscriptions = new SubscriptionTable();
  readonly #stop = new AbortController();
  /** Which client each channel was last seen on, to notice when it moves. */
  readonly #places = new Map<string, unknown>();
  readonly #watched = new WeakSet();
  #cluster: Cluster | undefined;
  #lose: (reason: Error) => void = () => undefined;
  #onResubscribed: () => void = () => undefined;
  #isReady = false;
  #running: Promise<void> = Promise.resolve();
  #reconciling: Promise<void> | undefined;

  constructor(options: ClusterLinkOptions) {
    this.#options = options;
  }

  start(events: LinkEvents): void {
    this.#onResubscribed = () => events.onResubscribed();
    this.#running = this.#run(events);
  }

  isReady(): boolean {
    return this.#isReady;
  }

  send(key: string, command: Command): Promise<unknown> {
    return this.#open().sendCommand(key, false, command as Wire);
  }

  /** Sent to the node by ourselves: the library's own multi() decodes the bytes in the reply of EXEC as text. */
  async sendTransaction(key: string, commands: readonly Command[]): Promise<unknown[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#transactOn(await this.#nodeOf(key), commands);
      } catch (error) {
        // The slot has moved; nothing of the transaction was run. Any other command makes the library look for it.
        if (!/^(MOVED|ASK) /.test((error as Error).message) || attempt === MAX_REDIRECTIONS) throw error;
        await this.send(key, ['EXISTS', key]);
      }
    }
  }

  async #nodeOf(key: string): Promise<NodeClient> {
    const cluster = this.#open();
    const shard = cluster.slots[keySlot(key)];
    if (shard === undefined) throw new Error('CLUSTERDOWN Hash slot not served');
    return cluster.nodeClient(shard.master);
  }

  async #transactOn(client: NodeClient, commands: readonly Command[]): Promise<unknown[]> {
    const replies = [['MULTI'], ...commands, ['EXEC']].map((command) =>
      client.sendCommand(command as Wire, COMMAND_OPTIONS),
    );
    const [last] = (await Promise.all(replies)).slice(-1);
    return last as unknown as unknown[];
  }

  async subscribe(channel: string, listener: (message: Buffer) => void): Promise<void> {
    this.#subscriptions.set(channel, listener);
    if (!this.#isReady) return this.#subscriptions.whenStanding(channel);
    await this.#subscribeOn(this.#open(), channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#subscriptions.delete(channel);
    this.#places.delete(channel);
    if (this.#isReady) await this.#open().sUnsubscribe(channel, this.#subscriptions.dispatch, true);
  }

  async primaries(): Promise<((command: Command) => Promise<unknown>)[]> {
    const cluster = this.#open();
    const clients = await Promise.all(cluster.masters.map(async (node) => cluster.nodeClient(node)));
    return clients.map((client) => (command) => client.sendCommand(command as Wire, COMMAND_OPTIONS));
  }

  restart(reason: Error): void {
    this.#lose(reason);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#lose(new Error('The connection was closed.'));
    await this.#running;
  }

  #isClosing(): boolean {
    return this.#stop.signal.aborted;
  }

  #open(): Cluster {
    if (this.#cluster === undefined) throw new NotSentError('There is no connection to the cluster.');
    return this.#cluster;
  }

  async #run(events: LinkEvents): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.#isClosing()) {
      const { promise: lost, reject: lose } = Promise.withResolvers<never>();
      lost.catch(() => undefined);
      this.#lose = lose;
      const cluster = newCluster(this.#options);
      cluster.on('error', (error: Error) => events.onTrouble(error));
      cluster.on('node-error', (error: Error) => events.onTrouble(error));
      try {
        await Promise.race([this.#connect(cluster), lost]);
        retryMs = FIRST_RETRY_MS;
        await this.#useUntilLost(cluster, lost, events);
      } catch (reason) {
        if (!this.#isClosing()) events.onTrouble(reason as Error);
      } finally {
        this.#cluster = undefined;
        cluster.destroy();
      }
      await delay(retryMs, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
  }

  async #connect(cluster: Cluster): Promise<void> {
    await cluster.connect();
    const served = cluster.slots.filter((shard) => (shard as unknown) !== undefined).length;
    if (served < SLOTS) throw new Error(`CLUSTERDOWN The cluster serves ${served} of ${SLOTS} slots.`);
    for (const batch of this.#subscriptions.batches()) {
      await Promise.all(batch.map((channel) => this.#subscribeOn(cluster, channel)));
    }
  }

  async #useUntilLost(cluster: Cluster, lost: Promise<never>, events: LinkEvents): Promise<void> {
    this.#cluster = cluster;
    this.#isReady = true;
    const isAgain = this.#subscriptions.markStanding();
    const timer = setInterval(() => void this.#reconcile(), this.#options.healthIntervalMs ?? 5_000);
    timer.unref();
    // A node came back: what was published while it was away is lost.
    cluster.on('node-ready', () => this.#reconcileSoon(true));
    events.onReady();
    if (isAgain) events.onResubscribed();
    try {
      await lost;
    } catch (reason) {
      this.#isReady = false;
      this.#subscriptions.markInterrupted();
      this.#places.clear();
      clearInterval(timer);
      if (!this.#isClosing()) events.onLost(reason as Error);
    }
  }

  async #subscribeOn(cluster: Cluster, channel: string): Promise<void> {
    await cluster.sSubscribe(channel, this.#subscriptions.dispatch, true);
    this.#places.set(channel, this.#placeOf(cluster, channel));
  }

  /** The client that the library has the channel on, undefined when on none. */
  #placeOf(cluster: Cluster, channel: string): unknown {
    for (const { pubSub } of cluster.masters) {
      if (pubSub === undefined) continue;
      this.#watchMoves(pubSub.client);
      if (pubSub.client.getPubSubListeners('SHARDED').has(channel)) return pubSub.client;
    }
    return undefined;
  }

  #watchMoves(client: { on(event: 'sharded-channel-moved', listener: () => void): unknown }): void {
    if (this.#watched.has(client)) return;
    this.#watched.add(client);
    client.on('sharded-channel-moved', () => this.#reconcileSoon(false));
  }

  #reconcileSoon(hasLostMessages: boolean): void {
    setTimeout(() => void this.#reconcile(hasLostMessages), SETTLE_MS).unref();
  }

  /** Subscribes what the library has lost, and tells when anything was or may have been interrupted. */
  async #reconcile(hasLostMessages = false): Promise<void> {
    await this.#reconciling;
    this.#reconciling = this.#reconcileOnce(hasLostMessages).catch(() => undefined);
    await this.#reconciling;
  }

  async #reconcileOnce(hasLostMessages: boolean): Promise<void> {
    let isInterrupted = hasLostMessages;
    for (const channel of this.#subscriptions.channels()) {
      const cluster = this.#cluster;
      if (cluster === undefined || !this.#isReady) return;
      const before = this.#places.get(channel);
      const now = this.#placeOf(cluster, channel);
      // Not yet acknowledged for the first time: its subscriber waits for it.
      if (before === undefined || before === now) continue;
      isInterrupted = true;
      if (now === undefined) await this.#subscribeOn(cluster, channel);
      else this.#places.set(channel, now);
    }
    if (isInterrupted) this.#onResubscribed();
  }
}

function newCluster({ nodes, credentials, tls, connectTimeoutMs }: ClusterLinkOptions) {
  const reconnectStrategy = (retries: number) => Math.min(FIRST_RETRY_MS * 2 ** retries, LONGEST_RETRY_MS);
  const common = { connectTimeout: connectTimeoutMs ?? 5_000, reconnectStrategy };
  return createCluster({
    RESP: 2,
    rootNodes: nodes.map((node) => ({ socket: { ...common, ...tcpSocket({ ...node, tls }) } })),
    commandOptions: COMMAND_OPTIONS,
    defaults: {
      ...CLIENT_OPTIONS,
      ...(credentials?.username === undefined ? {} : { username: credentials.username }),
      ...(credentials?.password === undefined ? {} : { password: credentials.password }),
      socket: { ...common, ...(tls === undefined ? {} : tlsOptions(tls)) },
    },
  });
}
