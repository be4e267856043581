/** Sends what is due, on the one node that holds the lease. Everything that must survive is in the store: when this process dies,
 * what it had claimed and not settled is due again. So a wake may in rare cases be sent twice, which providers collapse (the same
 * topic or collapse id), and is never lost. */
import type { PushKind } from '../../wire/schemas.ts';
import type { DeviceAddress } from '../devices/device-address.ts';
import type { Rate } from '../limits/rate-store.ts';
import type { Log } from '../observability/log.ts';
import type { PushMetrics } from '../observability/metrics.ts';
import { backoffMs } from './backoff.ts';
import type { PushClock } from './clock.ts';
import type { PushLease } from './push-lease.ts';
import type { PushOutcome, PushProvider } from './push-provider.ts';
import type { LoadedWake, PushStore } from './push-store.ts';
import { toLoggedTarget, type PushTarget } from './push-target.ts';
import { ServicePauses } from './service-pauses.ts';
import { TokenBucket } from './token-bucket.ts';
import type { WakeQueue } from './wake-queue.ts';
import { findTtlSeconds, type WakeTimes } from './wake-times.ts';

interface Collaborators {
  readonly store: PushStore;
  readonly wakes: WakeQueue;
  readonly lease: PushLease;
  readonly kinds: readonly PushKind[];
  readonly provider: (kind: PushKind) => Promise<PushProvider>;
  readonly rate: (kind: PushKind) => Rate;
  readonly open: (device: DeviceAddress, wake: LoadedWake) => PushTarget | undefined;
  /** Whether some node has a connection of the device. */
  readonly isConnected: (device: DeviceAddress) => Promise<boolean>;
  readonly times: () => WakeTimes;
  readonly clock: PushClock;
  readonly metrics: PushMetrics;
  readonly log: Log;
}

/** Wakes under way over one provider. */
const MAX_UNDER_WAY = 64;
/** At the limit of the rate a handful is taken at once, and not each on its own. */
const RATE_PACE_MS = 50;
/** After the store has failed. */
const RETRY_MS = 1_000;
/** When a provider has refused what cannot be mended here. */
const REFUSED_MS = 60 * 60 * 1000;
/** Those that wait for the same service come back spread over this time. */
const SPREAD_MS = 5_000;
const UNREADABLE = 'sealed with another key';

interface Lane {
  readonly kind: PushKind;
  readonly bucket: TokenBucket;
  underWay: number;
  cancelTimer: () => void;
}

export class WakeSender {
  readonly #with: Collaborators;
  readonly #lanes: Map<PushKind, Lane>;
  readonly #pauses = new ServicePauses();
  readonly #poked = new Set<PushKind>();
  #pumping: Promise<void> | undefined;
  readonly #sending = new Set<Promise<void>>();
  #isStopped = false;
  #hasFailed = false;

  constructor(collaborators: Collaborators) {
    this.#with = collaborators;
    const { kinds, rate } = collaborators;
    this.#lanes = new Map(
      kinds.map((kind) => [
        kind,
        { kind, bucket: new TokenBucket(() => rate(kind)), underWay: 0, cancelTimer: () => undefined },
      ]),
    );
  }

  /** Something may be due. */
  poke(kind?: PushKind): void {
    if (this.#isStopped || !this.#with.lease.isHeld) return;
    for (const each of kind === undefined ? this.#lanes.keys() : [kind]) {
      if (this.#lanes.has(each)) this.#poked.add(each);
    }
    // In a turn of its own: one that ends at once must not end before it is noted that it runs.
    this.#pumping ??= Promise.resolve().then(() => this.#pump());
  }

  /** Resolves when all that is due at this moment, within the rate, has been dealt with. */
  async settled(): Promise<void> {
    while (this.#pumping !== undefined || this.#sending.size > 0) {
      await Promise.all([this.#pumping, ...this.#sending]);
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const lane of this.#lanes.values()) lane.cancelTimer();
    await this.settled();
  }

  async #pump(): Promise<void> {
    try {
      for (;;) {
        const [kind] = this.#poked;
        const lane = kind === undefined ? undefined : this.#lanes.get(kind);
        if (kind === undefined || lane === undefined || this.#isStopped) break;
        this.#poked.delete(kind);
        const nextAt = await this.#fill(lane);
        lane.cancelTimer();
        if (nextAt !== undefined) this.#schedule(lane, nextAt - this.#with.clock.now());
      }
    } catch (error) {
      this.#with.log.warn({ err: error }, 'Wakes could not be taken from the store; it is tried again');
      for (const lane of this.#lanes.values()) this.#schedule(lane, RETRY_MS);
    } finally {
      this.#pumping = undefined;
    }
  }

  #schedule(lane: Lane, delayMs: number): void {
    lane.cancelTimer();
    lane.cancelTimer = this.#with.clock.setTimer(Math.max(1, delayMs), () => this.poke(lane.kind));
  }

  /** Starts as many as may be under way. @returns when to look again, if not earlier. */
  async #fill(lane: Lane): Promise<number | undefined> {
    const { wakes, lease, clock } = this.#with;
    for (;;) {
      // Whatever ends pokes again.
      if (lane.underWay >= MAX_UNDER_WAY) return undefined;
      const allowed = lane.bucket.available(clock.now());
      if (allowed < 1) return Math.max(lane.bucket.nextAt(clock.now()), clock.now() + RATE_PACE_MS);
      const limit = Math.min(allowed, MAX_UNDER_WAY - lane.underWay);
      const claimed = await wakes.claim(lane.kind, lease.token, clock.now(), limit);
      if (claimed === undefined) {
        lease.lose();
        return undefined;
      }
      lane.bucket.spend(claimed.devices.length);
      for (const device of claimed.devices) this.#start(lane, device);
      if (claimed.devices.length < limit) return claimed.nextDueAt;
    }
  }

  #start(lane: Lane, device: DeviceAddress): void {
    lane.underWay++;
    const sending = this.#process(lane, device).finally(() => {
      lane.underWay--;
      this.#sending.delete(sending);
      this.poke(lane.kind);
    });
    this.#sending.add(sending);
  }

  async #process(lane: Lane, device: DeviceAddress): Promise<void> {
    const { wakes, log, clock } = this.#with;
    try {
      await wakes.settle(lane.kind, device, await this.#wake(lane, device));
    } catch (error) {
      log.warn({ err: error, provider: lane.kind }, 'A wake could not be written down; it is looked at again');
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      clock.setTimer(RETRY_MS, () => void this.#recover());
    }
  }

  /** What was claimed when the store failed is still claimed. */
  async #recover(): Promise<void> {
    const { wakes, lease, clock, log } = this.#with;
    try {
      await Promise.all(this.#sending);
      await wakes.recover(lease.token, clock.now());
      this.#hasFailed = false;
      this.poke();
    } catch (error) {
      log.debug({ err: error }, 'The store does not answer yet');
      clock.setTimer(RETRY_MS, () => void this.#recover());
    }
  }

  /** @returns when to look at it again, if that is necessary. */
  async #wake(lane: Lane, device: DeviceAddress): Promise<number | undefined> {
    const { store, provider, open, clock } = this.#with;
    const wake = await store.load(device, clock.now());
    if (wake === undefined || !(await this.#isWorthwhile(device, wake))) {
      lane.bucket.spend(-1);
      if (wake !== undefined) await store.noteReleased(device, wake);
      return undefined;
    }
    const target = open(device, wake);
    if (target === undefined) {
      await store.drop(device, wake.address.id, UNREADABLE, clock.now());
      return undefined;
    }
    const sender = await provider(target.kind);
    const service = sender.serviceOf(target);
    const paused = this.#pauses.untilOf(service, clock.now());
    if (paused === undefined) return this.#send(sender, service, target, device, wake);
    lane.bucket.spend(-1);
    const dueAt = spread(paused);
    return (await store.notePostponed(device, wake, wake.attempts, dueAt)) ? dueAt : undefined;
  }

  async #isWorthwhile(device: DeviceAddress, { address, isForced }: LoadedWake): Promise<boolean> {
    // It has registered one of a kind that the admin has switched off since.
    if (!this.#lanes.has(address.kind)) return false;
    // The node that it is connected to says so when it leaves without having acknowledged.
    return isForced || !(await this.#with.isConnected(device));
  }

  async #send(
    sender: PushProvider,
    service: string,
    target: PushTarget,
    device: DeviceAddress,
    wake: LoadedWake,
  ): Promise<number | undefined> {
    const { times, metrics } = this.#with;
    const startMs = performance.now();
    const ttlSeconds = findTtlSeconds(wake.urgency, times());
    const { registeredAt } = wake.address;
    const outcome = await sender.send(target, { urgency: wake.urgency, ttlSeconds, registeredAt }, () => undefined);
    metrics.pushSeconds.observe({ provider: sender.kind }, (performance.now() - startMs) / 1000);
    metrics.pushes.inc({ provider: sender.kind, outcome: outcome.status });
    this.#report(sender.kind, target, outcome);
    if (outcome.status !== 'later') this.#pauses.worked(service);
    return this.#settle(service, device, wake, outcome);
  }

  #report(provider: PushKind, target: PushTarget, { status, detail }: PushOutcome): void {
    const level = { accepted: 'debug', gone: 'info', refused: 'warn', later: 'debug' } as const;
    const words = {
      accepted: 'A device was woken',
      gone: 'A push address is dead; it was dropped',
      refused: 'A provider refuses to wake a device; see vant doctor push',
      later: 'A device could not be woken yet',
    };
    this.#with.log[level[status]]({ provider, address: toLoggedTarget(target), detail }, words[status]);
  }

  async #settle(
    service: string,
    device: DeviceAddress,
    wake: LoadedWake,
    outcome: PushOutcome,
  ): Promise<number | undefined> {
    const { store, clock } = this.#with;
    const now = clock.now();
    switch (outcome.status) {
      case 'accepted':
        await store.noteWoken(device, wake, now);
        return undefined;
      case 'gone':
        await store.drop(device, wake.address.id, outcome.detail, now);
        return undefined;
      case 'refused':
        await store.noteReleased(device, wake, now + REFUSED_MS);
        return undefined;
      case 'later': {
        const { scope, afterMs = 0 } = outcome;
        // Its own backoff, too: one device whose address makes a service fail must not hold up the others for long.
        const ownAt = now + Math.max(backoffMs(wake.attempts), afterMs);
        const dueAt = spread(
          scope === 'device' ? ownAt : Math.max(ownAt, this.#pause(service, outcome.detail, afterMs)),
        );
        return (await store.notePostponed(device, wake, wake.attempts + 1, dueAt)) ? dueAt : undefined;
      }
    }
  }

  /** @returns when the service may be tried again. */
  #pause(service: string, detail: string, askedMs: number): number {
    const now = this.#with.clock.now();
    const wasPaused = this.#pauses.untilOf(service, now) !== undefined;
    const until = this.#pauses.failed(service, now, askedMs);
    // Once for all that fail together.
    if (!wasPaused)
      this.#with.log.warn({ service, detail, forMs: until - now }, 'A push service fails; it is left alone');
    return until;
  }
}

const spread = (time: number): number => Math.ceil(time + Math.random() * SPREAD_MS);
