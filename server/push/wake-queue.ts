import type { PushKind } from '../../wire/schemas.ts';
import type { DeviceAddress } from '../devices/device-address.ts';

export interface ClaimedWakes {
  readonly devices: readonly DeviceAddress[];
  /** When the next one is due, as far as is known. */
  readonly nextDueAt: number | undefined;
}

/** Devices that are to be woken, by when. Each device is in it once. One node, which holds the lease, takes out; all put in. */
export interface WakeQueue {
  /** An earlier time wins. */
  add(kind: PushKind, device: DeviceAddress, dueAt: number): Promise<void>;
  /** Only if it is not there, nor being sent. */
  addMissing(kind: PushKind, device: DeviceAddress, dueAt: number): Promise<void>;
  /** Takes up to `limit` of those that are due. They stay the lease holder's until settled. @returns undefined when the lease is lost. */
  claim(kind: PushKind, lease: string, now: number, limit: number): Promise<ClaimedWakes | undefined>;
  /** Done with, or to be looked at again at `dueAt`. */
  settle(kind: PushKind, device: DeviceAddress, dueAt?: number): Promise<void>;
  count(kind: PushKind): Promise<number>;
  /** All that is claimed is due again: after a change of the lease, or a failure of the store. */
  recover(lease: string, now: number): Promise<void>;

  /** @param ttlMs undefined: there is no other node, so nobody is asked, and it never ends.
   * @returns `new` when this call has got it. */
  acquireLease(lease: string, ttlMs: number | undefined): Promise<'new' | 'held' | undefined>;
  releaseLease(lease: string): Promise<void>;
  /** Some node has added a wake. */
  onAdded(listener: (kind: PushKind) => void): Promise<void>;
}
