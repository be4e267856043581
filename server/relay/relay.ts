/** The connections of this node, and what passes between them, the queues and the other nodes. */
import { randomInt } from 'node:crypto';
import { VantError } from '../../wire/errors.ts';
import type { SendRequest, SendResponse } from '../../wire/generated/frames.ts';
import type { AccountId } from '../../wire/ids.ts';
import type { AccountDirectory } from '../accounts/account-directory.ts';
import type { Actor } from '../accounts/actor.ts';
import type { DeviceAddress } from '../devices/device-address.ts';
import type { DeviceEvent, DeviceEventBus } from '../devices/device-events.ts';
import type { ConnectionEpochs } from '../devices/connection-epochs.ts';
import { isLow, type PreKeys } from '../keys/pre-keys.ts';
import type { MessageStore } from '../messages/message-store.ts';
import type { Activity } from '../observability/activity.ts';
import type { Log } from '../observability/log.ts';
import type { RelayMetrics } from '../observability/metrics.ts';
import type { Urgency } from '../push/urgency.ts';
import type { MailNotices } from '../push/wake-requests.ts';
import type { ConnectionRegistry } from './connection-registry.ts';
import { DeviceConnection, type ConnectionOwner, type DeviceLink } from './device-connection.ts';
import type { DeliveryQueues, DeliveryWindow } from './delivery.ts';
import { encodeFrame } from './frames.ts';
import { RemovalBatch } from './removal-batch.ts';
import type { Submission } from './submission.ts';
import { WriteBatch } from './write-batch.ts';

export interface RelayLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly keepaliveMs: number;
  readonly slowReaderTimeoutMs: number;
  readonly acknowledgeWithinMs: number;
  readonly maxContentBytes: number;
  readonly messageTtlMs: number;
}

/** The push bridge, as the relay sees it. */
export interface Waker {
  readonly notices: MailNotices;
  /** Why the push address of the device was dropped, if it has not registered another one. */
  findDropped(device: DeviceAddress): Promise<string | undefined>;
}

interface Collaborators {
  readonly store: MessageStore;
  readonly window: DeliveryWindow;
  readonly registry: ConnectionRegistry;
  readonly submission: Submission;
  readonly bus: DeviceEventBus;
  readonly epochs: ConnectionEpochs;
  readonly directory: AccountDirectory;
  readonly preKeys: PreKeys;
  readonly waker: Waker;
  readonly limits: () => RelayLimits;
  readonly metrics: RelayMetrics;
  readonly activity: Activity;
  readonly log: Log;
  readonly now: () => number;
}

/** What devices have at least to answer the close frame of a server that stops. */
const LEAVE_MS = 1_000;
/** How often connections are looked over. */
const SWEEP_INTERVAL_MS = 5_000;
/** A wake-up can get lost (publish/subscribe promises nothing): every queue is looked at again this often. */
const RESUME_INTERVAL_MS = 30_000;
/** After the store has failed, queues are read again at this pace until it answers. */
const STORAGE_RETRY_MS = 1_000;

export class Relay implements ConnectionOwner {
  readonly queues: DeliveryQueues;
  readonly writes = new WriteBatch();
  readonly #with: Collaborators;
  readonly #sweepTimer: NodeJS.Timeout;
  readonly #awaitingStorage = new Set<DeviceConnection>();
  /** Channels of the devices that receive here, and whether their subscription stands. */
  readonly #subscriptions = new Map<string, Promise<void>>();
  #storageTimer: NodeJS.Timeout | undefined;
  #lastResumeAt: number;
  #isDraining = false;

  constructor(collaborators: Collaborators) {
    this.#with = collaborators;
    const { store, window } = collaborators;
    const { activity, now } = collaborators;
    this.queues = { store, window, removals: new RemovalBatch(), latency: activity.latency, now };
    this.#lastResumeAt = collaborators.now();
    this.#sweepTimer = setInterval(() => this.#sweep(), SWEEP_INTERVAL_MS);
    this.#sweepTimer.unref();
    collaborators.bus.onInterrupted(() => this.#resumeAll());
  }

  now(): number {
    return this.#with.now();
  }

  /** @throws VantError DRAINING, TOO_MANY_CONNECTIONS: to be told before the socket is upgraded. */
  checkMayConnect(clientAddress: string): void {
    const { maxConnections, maxConnectionsPerAddress } = this.#with.limits();
    if (this.#isDraining) throw new VantError('DRAINING');
    if (this.#with.registry.size >= maxConnections) throw new VantError('TOO_MANY_CONNECTIONS');
    if (this.#with.registry.countFrom(clientAddress) >= maxConnectionsPerAddress) {
      throw new VantError('TOO_MANY_CONNECTIONS', 'From this address (option relay.max_connections_per_address).');
    }
  }

  /** Takes over an upgraded socket. */
  accept(actor: Actor, link: DeviceLink, isReceiving: boolean): void {
    const connection = new DeviceConnection(actor, link, isReceiving, this);
    this.#with.registry.add(connection);
    this.#with.metrics.connections.set(this.#with.registry.size);
    const { keepaliveMs, maxContentBytes, messageTtlMs } = this.#with.limits();
    const welcome = {
      serverTimestamp: this.now(),
      keepaliveSeconds: Math.ceil(keepaliveMs / 1000),
      maxContentBytes,
      maxTtlSeconds: Math.floor(messageTtlMs / 1000),
    };
    connection.send(encodeFrame({ $case: 'welcome', value: welcome }));
    if (isReceiving) void this.#startReceiving(connection);
  }

  async #startReceiving(connection: DeviceConnection): Promise<void> {
    try {
      const { bus, epochs, registry, preKeys, waker } = this.#with;
      // From the number on, this connection is the device's; older ones end when they hear of it.
      connection.epoch = await epochs.next(connection.actor);
      if (!registry.has(connection)) return;
      if (connection.epoch === 0) {
        connection.close('UNAUTHORIZED');
        return;
      }
      registry.setReceiver(connection)?.close('CONNECTED_ELSEWHERE');
      await this.#subscribe(connection.device);
      await bus.publish(connection.device, { type: 'connected', epoch: connection.epoch });
      // The janitor comes once a minute; what has expired since is not delivered any more.
      await this.queues.store.removeExpired(connection.actor, this.#with.limits().messageTtlMs);
      connection.delivery?.resume();
      const [counts, dropped] = await Promise.all([
        preKeys.count(connection.actor),
        waker.findDropped(connection.actor),
      ]);
      if (isLow(counts)) connection.send(encodeFrame({ $case: 'preKeysLow', value: counts }));
      if (dropped !== undefined) {
        connection.send(encodeFrame({ $case: 'pushAddressDropped', value: { reason: dropped } }));
      }
    } catch (error) {
      this.#with.log.warn({ err: error }, 'A connection could not be set up');
      connection.close('STORAGE_UNAVAILABLE');
    }
  }

  async #subscribe(device: string): Promise<void> {
    const subscription =
      this.#subscriptions.get(device) ?? this.#with.bus.subscribe(device, (event) => this.#handleEvent(device, event));
    this.#subscriptions.set(device, subscription);
    try {
      await subscription;
    } catch (error) {
      // By now another connection may have asked for one of its own.
      if (this.#subscriptions.get(device) === subscription) this.#subscriptions.delete(device);
      throw error;
    }
  }

  async #unsubscribe(device: string): Promise<void> {
    this.#subscriptions.delete(device);
    await this.#with.bus.unsubscribe(device);
  }

  async submit(connection: DeviceConnection, request: SendRequest): Promise<NonNullable<SendResponse['result']>> {
    const startMs = performance.now();
    try {
      const result = await this.#with.submission.submit(connection.actor, request, connection.order);
      this.#with.metrics.submissions.inc({ outcome: result.$case });
      return result;
    } catch (error) {
      const code = error instanceof VantError ? error.code : 'INTERNAL';
      this.#with.metrics.submissions.inc({ outcome: code });
      if (code === 'INTERNAL') this.#with.log.error({ err: error }, 'A submission failed');
      throw error;
    } finally {
      this.#with.metrics.submissionSeconds.observe((performance.now() - startMs) / 1000);
    }
  }

  delivered(): void {
    this.#with.activity.delivered++;
    this.#with.metrics.deliveries.inc();
  }

  closed(connection: DeviceConnection): void {
    const { registry, metrics, waker } = this.#with;
    this.#awaitingStorage.delete(connection);
    const wasReceiver = registry.remove(connection);
    metrics.connections.set(registry.size);
    if (!wasReceiver) return;
    void this.#unsubscribe(connection.device);
    if (connection.delivery?.mayHaveMail === true) {
      waker.notices.connectionEnded(connection.device, connection.connectedAt);
    }
  }

  storageFailed(connection: DeviceConnection, error: unknown): void {
    if (this.#awaitingStorage.size === 0) this.#with.log.warn({ err: error }, 'The message store does not answer');
    this.#awaitingStorage.add(connection);
    this.#storageTimer ??= setTimeout(() => {
      this.#storageTimer = undefined;
      const waiting = [...this.#awaitingStorage];
      this.#awaitingStorage.clear();
      for (const each of waiting) each.delivery?.resume();
    }, STORAGE_RETRY_MS).unref();
  }

  /** Tells the node that holds the device's connection: this one, or whichever listens. Nobody is no error. */
  notify(device: string, event: DeviceEvent): void {
    if (this.#with.registry.receiver(device) !== undefined) {
      this.#handleEvent(device, event);
      return;
    }
    this.#publish(device, event);
  }

  /** This node has queued an envelope for a device that is not connected here: another node delivers it, or a push wakes the
   * device. */
  mailArrived(device: string, urgency: Urgency): void {
    const { registry, bus, waker, log } = this.#with;
    if (registry.receiver(device) !== undefined) {
      this.#handleEvent(device, { type: 'wake' });
      return;
    }
    bus.publish(device, { type: 'wake' }).then(
      (isConnected) => {
        if (!isConnected) waker.notices.mailWaits(device, urgency);
      },
      (error: unknown) => {
        log.debug({ err: error }, 'Telling other nodes failed');
        waker.notices.mailWaits(device, urgency);
      },
    );
  }

  #publish(device: string, event: DeviceEvent): void {
    this.#with.bus
      .publish(device, event)
      .catch((error: unknown) => this.#with.log.debug({ err: error }, 'Telling other nodes failed'));
  }

  #handleEvent(device: string, event: DeviceEvent): void {
    const connection = this.#with.registry.receiver(device);
    switch (event.type) {
      case 'wake':
        connection?.delivery?.resume();
        // It has just left, and whoever asked took this node's subscription for a connection.
        if (connection === undefined) this.#with.waker.notices.connectionEnded(device, 0);
        break;
      case 'recheck':
        connection?.delivery?.recheck();
        break;
      case 'ephemeral':
        connection?.deliverEphemeral(event.envelope);
        break;
      case 'pre-keys-low': {
        const { preKeys, kyberPreKeys } = event;
        connection?.send(encodeFrame({ $case: 'preKeysLow', value: { preKeys, kyberPreKeys } }));
        break;
      }
      case 'connected':
        if (connection !== undefined) this.#compareEpochs(connection, event.epoch);
    }
  }

  #compareEpochs(connection: DeviceConnection, epoch: number): void {
    if (connection.epoch < epoch) this.#yield(connection);
    else if (connection.epoch > epoch) {
      // An older one that was slower to subscribe has not heard of this one.
      this.#publish(connection.device, { type: 'connected', epoch: connection.epoch });
    }
  }

  /** The device has connected to another node. What was appended here until now, that node may not have heard of. */
  #yield(connection: DeviceConnection): void {
    connection.close('CONNECTED_ELSEWHERE');
    const { registry, bus, log } = this.#with;
    registry.remove(connection);
    this.#unsubscribe(connection.device)
      .then(() => bus.publish(connection.device, { type: 'wake' }))
      .catch((error: unknown) => log.debug({ err: error }, 'Telling other nodes failed'));
  }

  /** Ends the connections of devices that have been removed. @param accountId undefined: look at all. */
  async endRemoved(accountId: AccountId | undefined): Promise<void> {
    const { registry, directory } = this.#with;
    for (const connection of [...registry]) {
      const { actor } = connection;
      if (accountId !== undefined && actor.accountId !== accountId) continue;
      const account = await directory.find(actor.accountId);
      const record = account?.devices.get(actor.deviceId);
      const before = actor.account.devices.get(actor.deviceId);
      if (record?.secretHash !== before?.secretHash) connection.close('UNAUTHORIZED');
    }
  }

  #sweep(): void {
    const now = this.now();
    const { keepaliveMs, slowReaderTimeoutMs } = this.#with.limits();
    for (const connection of this.#with.registry) {
      this.#watchAcknowledgements(connection, now);
      if (now - connection.lastHeardAt > 2 * keepaliveMs) {
        connection.close('KEEPALIVE_TIMEOUT');
        // A half-open connection never answers the close frame; ws ends it after its closeTimeout.
      } else if (connection.windowFullSince !== undefined && now - connection.windowFullSince > slowReaderTimeoutMs) {
        connection.close('SLOW_READER');
      }
    }
    if (now - this.#lastResumeAt >= RESUME_INTERVAL_MS) this.#resumeAll();
  }

  /** A phone that has fallen asleep leaves its connection half open for a minute: a push wakes it sooner. */
  #watchAcknowledgements(connection: DeviceConnection, now: number): void {
    const id = connection.delivery?.oldestUnacknowledged;
    if (id === undefined) connection.oldestDelivery = undefined;
    else if (connection.oldestDelivery?.id !== id) connection.oldestDelivery = { id, since: now, isTold: false };
    const { oldestDelivery } = connection;
    if (oldestDelivery === undefined || oldestDelivery.isTold) return;
    if (now - oldestDelivery.since < this.#with.limits().acknowledgeWithinMs) return;
    oldestDelivery.isTold = true;
    this.#with.waker.notices.connectionStalled(connection.device, connection.connectedAt);
  }

  #resumeAll(): void {
    this.#lastResumeAt = this.now();
    for (const connection of this.#with.registry) connection.delivery?.recheck();
    // An announcement of a removal can get lost, too.
    this.endRemoved(undefined).catch((error: unknown) => {
      this.#with.log.warn({ err: error }, 'Connections were not checked');
    });
  }

  /** Ends all connections in order: devices are told when to come back, requests under way are answered.
   * @param untilMs by `performance.now()` */
  async drain(untilMs: number): Promise<void> {
    this.#isDraining = true;
    clearInterval(this.#sweepTimer);
    clearTimeout(this.#storageTimer);
    const connections = [...this.#with.registry];
    for (const connection of connections) {
      const reconnectAfterMs = 200 + randomInt(Math.max(1, Math.min(10_000, connections.length * 2)));
      connection.send(encodeFrame({ $case: 'draining', value: { reconnectAfterMs } }));
    }
    await poll(() => ![...this.#with.registry].some((connection) => connection.isBusy), untilMs);
    for (const connection of connections) connection.close('DRAINING');
    // Those that were busy until the last moment are told, too.
    await poll(() => this.#with.registry.size === 0, Math.max(untilMs, performance.now() + LEAVE_MS));
    for (const connection of this.#with.registry) connection.terminate();
  }
}

async function poll(isDone: () => boolean, untilMs: number): Promise<void> {
  while (!isDone() && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 10));
}
