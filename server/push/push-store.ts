import type { PushKind } from '../../wire/schemas.ts';
import type { DeviceAddress } from '../devices/device-address.ts';
import type { StoredRecord } from '../records/record-source.ts';
import type { Urgency } from './urgency.ts';

export interface StoredPushAddress {
  /** Random, new with each registration: what is decided about one address never hits the next. */
  readonly id: string;
  readonly kind: PushKind;
  /** See address-seal.ts. */
  readonly sealed: Uint8Array;
  readonly registeredAt: number;
}

export interface DroppedAddress {
  readonly reason: string;
  readonly at: number;
}

export interface WantedWake {
  readonly urgency: Urgency;
  /** The device has been connected since then, so a wake before that is used up. */
  readonly connectedSince?: number;
  /** Wake it although it has a connection. */
  readonly isForced: boolean;
  /** A call rings no longer than this. */
  readonly ringsUntil: number;
}

/** A wake that is due, with what is needed to send it. */
export interface LoadedWake {
  readonly address: StoredPushAddress;
  readonly urgency: Urgency;
  readonly isForced: boolean;
  /** How often sending has failed so far. */
  readonly attempts: number;
  /** The newest envelope that the wake is about. */
  readonly through: string;
  /** Counts what has been wanted, to see whether more came in between. */
  readonly changes: string;
}

export interface Unwoken {
  readonly kind: PushKind;
  /** Undefined when nobody has noted it. */
  readonly urgency?: Urgency;
}

/** Where each device is woken, and what it has been woken for. The rules are in docs/decisions/0008. */
export interface PushStore {
  /** Replaces what was there. @returns false for a device that has been removed. */
  put(device: DeviceAddress, address: StoredPushAddress): Promise<boolean>;
  find(device: DeviceAddress): Promise<{ address?: StoredPushAddress; dropped?: DroppedAddress }>;
  remove(device: DeviceAddress): Promise<void>;
  /** Deletes a dead address, if it is still the one of this id. */
  drop(device: DeviceAddress, id: string, reason: string, now: number): Promise<boolean>;
  /** Why the address was dropped, if none has been registered since. */
  findDropped(device: DeviceAddress): Promise<string | undefined>;

  /** Notes that the device is to be woken. Undefined where there is nothing to do: no address, or a wake as urgent has been sent
   * and what it was about still waits. */
  want(
    device: DeviceAddress,
    wake: WantedWake,
  ): Promise<{ kind: PushKind; wokenAt: number; notBefore: number } | undefined>;
  /** Undefined when the device need not be woken any more. */
  load(device: DeviceAddress, now: number): Promise<LoadedWake | undefined>;
  /** It has been woken. Mail up to `wake.through` needs no other wake. */
  noteWoken(device: DeviceAddress, wake: LoadedWake, now: number): Promise<void>;
  /** Not yet: to be tried again. @returns false where the address is not the same any more, so that there is nothing to try. */
  notePostponed(device: DeviceAddress, wake: LoadedWake, attempts: number, notBefore: number): Promise<boolean>;
  /** It need not be woken, for what has been seen until now. `notBefore` holds for what comes next. */
  noteReleased(device: DeviceAddress, wake: LoadedWake, notBefore?: number): Promise<void>;

  /** All that is stored about waking the device; undefined when nothing is. */
  inspect(device: DeviceAddress): Promise<StoredRecord | undefined>;
  /** Every device with an address, and perhaps some that have none any more. */
  listDevices(): AsyncIterable<DeviceAddress>;
  /** Mail waits, and no wake has been sent for it; undefined when all is well. */
  findUnwoken(device: DeviceAddress): Promise<Unwoken | undefined>;

  /** Stores `candidate` if there is nothing yet. @returns the id of the data key that all nodes use. */
  claimKeyId(candidate: string): Promise<string>;
  replaceKeyId(keyId: string): Promise<void>;
  /** As claimKeyId, for the sealed VAPID key. */
  claimVapid(candidate: Uint8Array): Promise<Uint8Array>;
  replaceVapid(sealed: Uint8Array): Promise<void>;
}
