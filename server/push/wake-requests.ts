/** From the relay to the list of wakes. The relay only drops a note here, and goes on; what the notes ask for is done a moment
 * later, once for each device. A note that is lost (this node dies) is found by the sweep (wake-sweep.ts). */
import { parseDeviceText, type DeviceAddress } from '../devices/device-address.ts';
import type { Log } from '../observability/log.ts';
import type { PushClock } from './clock.ts';
import type { PushStore } from './push-store.ts';
import { moreUrgent, type Urgency } from './urgency.ts';
import { findDueTime, RINGING_MS, type WakeTimes } from './wake-times.ts';
import type { WakeQueue } from './wake-queue.ts';
import type { PushKind } from '../../wire/schemas.ts';

/** What the relay tells. Nothing here takes time. */
export interface MailNotices {
  /** An envelope was queued for a device that has no connection anywhere. */
  mailWaits(device: string, urgency: Urgency): void;
  /** A connection has ended, and not all that was queued is acknowledged. */
  connectionEnded(device: string, connectedSince: number): void;
  /** A connection is open, but nothing is acknowledged on it: the device sleeps. */
  connectionStalled(device: string, connectedSince: number): void;
}

interface Note {
  /** Undefined: look at the queue. */
  urgency: Urgency | undefined;
  connectedSince: number | undefined;
  isForced: boolean;
  /** The device may still acknowledge by itself. */
  mayReturn: boolean;
}

interface Collaborators {
  readonly store: PushStore;
  readonly wakes: WakeQueue;
  /** The most urgent of what waits; undefined when nothing does. */
  readonly urgencyOf: (device: DeviceAddress) => Promise<Urgency | undefined>;
  readonly isEnabled: (kind: PushKind) => boolean;
  readonly times: () => WakeTimes;
  readonly clock: PushClock;
  readonly log: Log;
}

/** Beyond this many devices at once notes are left to the sweep. */
const MAX_NOTES = 50_000;
const AT_ONCE = 64;
/** When the store does not answer. */
const RETRY_MS = 1_000;

export class WakeRequests implements MailNotices {
  readonly #with: Collaborators;
  #notes = new Map<string, Note>();
  #working: Promise<void> | undefined;

  constructor(collaborators: Collaborators) {
    this.#with = collaborators;
  }

  mailWaits(device: string, urgency: Urgency): void {
    this.#note(device, { urgency, connectedSince: undefined, isForced: false, mayReturn: false });
  }

  connectionEnded(device: string, connectedSince: number): void {
    this.#note(device, { urgency: undefined, connectedSince, isForced: false, mayReturn: true });
  }

  connectionStalled(device: string, connectedSince: number): void {
    this.#note(device, { urgency: undefined, connectedSince, isForced: true, mayReturn: false });
  }

  /** Resolves when all notes are on the list of wakes. */
  async settled(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  #note(device: string, note: Note): void {
    const earlier = this.#notes.get(device);
    if (earlier !== undefined) merge(earlier, note);
    else if (this.#notes.size < MAX_NOTES) this.#notes.set(device, note);
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    // All that this turn of the event loop brings belongs together.
    await new Promise(setImmediate);
    try {
      while (this.#notes.size > 0) {
        const batch = [...this.#notes].slice(0, AT_ONCE);
        for (const [device] of batch) this.#notes.delete(device);
        await Promise.all(batch.map(([device, note]) => this.#request(device, note)));
      }
    } finally {
      this.#working = undefined;
    }
  }

  async #request(deviceText: string, note: Note): Promise<void> {
    const { store, wakes, urgencyOf, isEnabled, times, clock, log } = this.#with;
    const device = parseDeviceText(deviceText);
    if (device === undefined) return;
    try {
      const urgency = note.urgency ?? (await urgencyOf(device));
      if (urgency === undefined) return;
      const { connectedSince, isForced } = note;
      const ringsUntil = clock.now() + RINGING_MS;
      const since = connectedSince === undefined ? {} : { connectedSince };
      const wanted = await store.want(device, { urgency, isForced, ringsUntil, ...since });
      if (wanted === undefined || !isEnabled(wanted.kind)) return;
      await wakes.add(wanted.kind, device, findDueTime({ urgency, ...wanted }, note.mayReturn, times(), clock.now()));
    } catch (error) {
      log.warn({ err: error }, 'A wake could not be noted; it is tried again');
      clock.setTimer(RETRY_MS, () => this.#note(deviceText, note));
    }
  }
}

function merge(into: Note, from: Note): void {
  // One that says "look at the queue" is answered by the urgency that another one knows.
  into.urgency = moreUrgent(into.urgency, from.urgency);
  into.connectedSince = from.connectedSince ?? into.connectedSince;
  into.isForced ||= from.isForced;
  into.mayReturn &&= from.mayReturn;
}
