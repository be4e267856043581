/** Deletes what has outlived its time, from Redis itself. One node at a time does it for all. */
import type { AccountStore } from '../accounts/account-store.ts';
import { toDeviceText, type DeviceAddress } from '../devices/device-address.ts';
import type { DeviceEvent } from '../devices/device-events.ts';
import type { Log } from '../observability/log.ts';
import type { MessageStore } from './message-store.ts';

export interface JanitorLock {
  /** @returns whether this node may sweep now. Held for `ttlMs`. */
  acquire(ttlMs: number): Promise<boolean>;
}

const INTERVAL_MS = 60_000;
/** A registration that has not come to its end after this long never will. */
const GHOST_AGE_MS = 10 * 60_000;

interface Collaborators {
  readonly accounts: AccountStore;
  readonly messages: MessageStore;
  readonly lock: JanitorLock;
  readonly messageTtlMs: () => number;
  readonly expired: (count: number) => void;
  /** To the node that holds the device's connection. */
  readonly notify: (device: string, event: DeviceEvent) => void;
  readonly log: Log;
  readonly now: () => number;
}

export class Janitor {
  readonly #with: Collaborators;
  #timer: NodeJS.Timeout | undefined;
  #lastCount: { readonly at: number; readonly queued: number } | undefined;
  #sweeping: Promise<unknown> = Promise.resolve();

  constructor(collaborators: Collaborators) {
    this.#with = collaborators;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#sweepIfAllowed(), INTERVAL_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  async #sweepIfAllowed(): Promise<void> {
    try {
      // A little less than the interval, so that the next turn finds it free.
      if (await this.#with.lock.acquire(INTERVAL_MS * 0.9)) await (this.#sweeping = this.sweep());
    } catch (error) {
      this.#with.log.warn({ err: error }, 'Sweeping failed; it is tried again in a minute');
    }
  }

  /** What waited in all queues when this node last swept; undefined when another node does. */
  get lastQueued(): number | undefined {
    const last = this.#lastCount;
    return last !== undefined && this.#with.now() - last.at < 2 * INTERVAL_MS ? last.queued : undefined;
  }

  /** @returns how many envelopes were deleted. */
  async sweep(): Promise<number> {
    const { accounts, messages, now } = this.#with;
    await accounts.removeGhosts(now() - GHOST_AGE_MS);
    // Of a process that could not do it itself.
    for (const accountId of await accounts.listOverdueGuests(now())) await accounts.removeGuest(accountId);
    let [removed, queued] = [0, 0];
    for (const accountId of await accounts.listIds()) {
      const account = await accounts.load(accountId);
      for (const deviceId of account?.devices.keys() ?? []) {
        removed += await this.#sweepQueue({ accountId, deviceId });
        queued += await messages.countQueued({ accountId, deviceId });
      }
    }
    this.#lastCount = { at: now(), queued };
    if (removed > 0) this.#with.expired(removed);
    return removed;
  }

  async #sweepQueue(device: DeviceAddress): Promise<number> {
    const removed = await this.#with.messages.removeExpired(device, this.#with.messageTtlMs());
    if (removed > 0) this.#with.notify(toDeviceText(device), { type: 'recheck' });
    return removed;
  }
}
