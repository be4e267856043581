import type { Log } from '../observability/log.ts';
import type { DeviceAddress } from '../devices/device-address.ts';
import type { PushClock } from './clock.ts';
import type { PushStore } from './push-store.ts';
import type { Urgency } from './urgency.ts';
import { RINGING_MS, type WakeTimes } from './wake-times.ts';
import type { WakeQueue } from './wake-queue.ts';
import type { PushKind } from '../../wire/schemas.ts';

interface Collaborators {
  readonly store: PushStore;
  readonly wakes: WakeQueue;
  readonly urgencyOf: (device: DeviceAddress) => Promise<Urgency | undefined>;
  readonly isEnabled: (kind: PushKind) => boolean;
  readonly times: () => WakeTimes;
  readonly clock: PushClock;
  readonly log: Log;
}

const AT_ONCE = 64;

/** Finds devices for which mail waits and that nobody has woken, because the node died that should have said so. */
export class WakeSweep {
  readonly #with: Collaborators;

  constructor(collaborators: Collaborators) {
    this.#with = collaborators;
  }

  /** @returns how many were found. */
  async sweep(): Promise<number> {
    let found = 0;
    let batch: DeviceAddress[] = [];
    const look = async () => {
      found += (await Promise.all(batch.map((device) => this.#look(device)))).filter(Boolean).length;
      batch = [];
    };
    for await (const device of this.#with.store.listDevices()) {
      if (batch.push(device) === AT_ONCE) await look();
    }
    await look();
    if (found > 0) this.#with.log.debug({ found }, 'Devices were found that are to be woken');
    return found;
  }

  async #look(device: DeviceAddress): Promise<boolean> {
    const { store, wakes, isEnabled, times, clock } = this.#with;
    const unwoken = await store.findUnwoken(device);
    if (unwoken === undefined || !isEnabled(unwoken.kind)) return false;
    if (unwoken.urgency === undefined && !(await this.#want(device))) return false;
    // It may be connected, or on its way.
    await wakes.addMissing(unwoken.kind, device, clock.now() + times().acknowledgeWithinMs);
    return true;
  }

  async #want(device: DeviceAddress): Promise<boolean> {
    const { store, urgencyOf, clock } = this.#with;
    const urgency = await urgencyOf(device);
    if (urgency === undefined) return false;
    const wake = { urgency, isForced: false, ringsUntil: clock.now() + RINGING_MS };
    return (await store.want(device, wake)) !== undefined;
  }
}
