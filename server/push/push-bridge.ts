/** The push bridge: when an envelope waits for a device that has no connection, it wakes the device. The parts are built here. */
import type { Config, Secrets } from '../../config/schema.ts';
import type { DeviceAddress } from '../devices/device-address.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { Log } from '../observability/log.ts';
import type { PushMetrics } from '../observability/metrics.ts';
import type { PushKind, ServerInfo } from '../../wire/schemas.ts';
import type { PushClock } from './clock.ts';
import { openProviders, rateOf, type Providers } from './open-providers.ts';
import { PushAddresses } from './push-addresses.ts';
import { PushLease } from './push-lease.ts';
import { openPushSecrets, type KeySource, type PushSecrets } from './push-secrets.ts';
import type { PushStore } from './push-store.ts';
import { openTarget } from './target-seal.ts';
import type { Urgency } from './urgency.ts';
import { WakeRequests } from './wake-requests.ts';
import { WakeSender } from './wake-sender.ts';
import { WakeSweep } from './wake-sweep.ts';
import type { WakeQueue } from './wake-queue.ts';
import type { WakeTimes } from './wake-times.ts';

const SWEEP_INTERVAL_MS = 60_000;

export interface PushCollaborators {
  readonly store: PushStore;
  readonly wakes: WakeQueue;
  readonly config: () => Config;
  readonly secrets: Secrets['push'];
  readonly dataKey: KeySource;
  /** The most urgent of what waits; undefined when nothing does. */
  readonly urgencyOf: (device: DeviceAddress) => Promise<Urgency | undefined>;
  /** Whether some node has a connection of the device; makes that node look at the queue. */
  readonly isConnected: (device: DeviceAddress) => Promise<boolean>;
  readonly changes: RateLimiter;
  readonly clock: PushClock;
  readonly metrics: PushMetrics;
  readonly log: Log;
}

export class PushBridge {
  /** For the relay. */
  readonly notices: WakeRequests;
  /** For the devices. */
  readonly addresses: PushAddresses;
  /** For GET /v1/server. */
  readonly info: ServerInfo['push'];
  readonly #with: PushCollaborators;
  readonly #providers: Providers;
  readonly #sender: WakeSender;
  readonly #sweep: WakeSweep;
  readonly #lease: PushLease;
  /** This node can open what is sealed, so it may send. */
  readonly #maySend: boolean;
  #sweeping: Promise<void> = Promise.resolve();
  #cancelSweep: () => void = () => undefined;

  private constructor(collaborators: PushCollaborators, opened: PushSecrets | undefined) {
    const { store, wakes, config, clock, log, metrics, isConnected, changes } = collaborators;
    const seal = opened?.seal;
    this.#with = collaborators;
    this.#maySend = seal !== undefined;
    const providers = openProviders({
      config: config().push,
      secrets: collaborators.secrets,
      vapid: opened?.vapid,
      now: () => clock.now(),
    });
    this.#providers = providers;
    const { kinds } = providers;
    const provider = (kind: PushKind) => providers.get(kind);
    const times = () => toWakeTimes(config());
    const shared = { ...collaborators, isEnabled: (kind: PushKind) => kinds.includes(kind), times };
    this.notices = new WakeRequests(shared);
    this.#sweep = new WakeSweep(shared);
    const isAlone = config().redis.mode === 'embedded';
    this.#lease = new PushLease({ wakes, isAlone, onAcquired: () => this.#takeOver(), log });
    this.#sender = new WakeSender({
      store,
      wakes,
      lease: this.#lease,
      kinds,
      provider,
      rate: (kind) => rateOf(config().push, kind),
      open: (device, { address }) => seal && openTarget(seal, address.sealed, device, address.id),
      isConnected,
      times,
      clock,
      metrics,
      log,
    });
    const registered = (device: string) => this.notices.connectionEnded(device, clock.now());
    this.addresses = new PushAddresses({
      store,
      seal,
      kinds,
      provider,
      changes,
      registered,
      now: () => clock.now(),
      log,
    });
    this.info = opened === undefined ? { kinds: [] } : { kinds: [...kinds], vapidPublicKey: opened.vapid.publicKey };
  }

  /** @throws PushSetupError, StorageSetupError */
  static async open(collaborators: PushCollaborators): Promise<PushBridge> {
    return new PushBridge(collaborators, await openPushSecrets(collaborators));
  }

  /** Why the device's last address was dropped, if it has not registered another one. */
  findDropped(device: DeviceAddress): Promise<string | undefined> {
    return this.#with.store.findDropped(device);
  }

  async start(): Promise<void> {
    if (!this.#maySend || this.#providers.kinds.length === 0) return;
    await this.#with.wakes.onAdded((kind) => this.#sender.poke(kind));
    await this.#lease.start();
    this.#scheduleSweep();
  }

  /** Notes are written down, wakes under way are waited for; what is not due yet another node sends, or this one after its start. */
  async stop(): Promise<void> {
    this.#cancelSweep();
    await this.#sweeping;
    await this.notices.settled();
    await this.#sender.stop();
    await this.#lease.stop();
    await this.#providers.close();
  }

  /** Resolves when all that is due now has been dealt with. For tests. */
  async settled(): Promise<void> {
    await this.#sweeping;
    await this.notices.settled();
    this.#sender.poke();
    await this.#sender.settled();
  }

  /** This node sends from now on: also what another one left behind. */
  #takeOver(): void {
    const { wakes, clock } = this.#with;
    this.#runSweep(() => wakes.recover(this.#lease.token, clock.now()));
  }

  #scheduleSweep(): void {
    this.#cancelSweep = this.#with.clock.setTimer(SWEEP_INTERVAL_MS, () => {
      if (this.#lease.isHeld) this.#runSweep();
      this.#scheduleSweep();
    });
  }

  #runSweep(first: () => Promise<void> = async () => undefined): void {
    const { log, metrics, wakes } = this.#with;
    const run = async () => {
      await first();
      this.#sender.poke();
      await this.#sweep.sweep();
      this.#sender.poke();
      for (const kind of this.#providers.kinds) metrics.pushesWaiting.set({ provider: kind }, await wakes.count(kind));
    };
    this.#sweeping = this.#sweeping
      .then(run)
      .catch((error: unknown) => log.warn({ err: error }, 'Looking for devices to be woken failed; it is tried again'));
  }
}

const toWakeTimes = ({ push, relay }: Config): WakeTimes => ({
  acknowledgeWithinMs: push.acknowledge_within,
  quietIntervalMs: push.quiet_interval,
  messageTtlMs: relay.message_ttl,
});
