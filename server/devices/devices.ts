import { VantError } from '../../wire/errors.ts';
import { PRIMARY_DEVICE_ID, type AccountId, type DeviceId } from '../../wire/ids.ts';
import type { Device, DeviceRegistration, Registered } from '../../wire/schemas.ts';
import type { AccountDirectory } from '../accounts/account-directory.ts';
import type { AccountStore } from '../accounts/account-store.ts';
import type { Actor } from '../accounts/actor.ts';
import { verifyRegistration } from '../keys/verify-keys.ts';
import { hashSecret } from './device-secret.ts';
import type { ProvisioningStore } from './provisioning-store.ts';

/** How long linking may take: both devices lie on the table. */
const LINKING_TTL_MS = 10 * 60 * 1000;

export interface LinkRequest {
  readonly accountId: AccountId;
  readonly linkToken: string;
  readonly deviceSecret: string;
  readonly device: DeviceRegistration;
}

interface Collaborators {
  readonly store: AccountStore;
  readonly provisioning: ProvisioningStore;
  readonly directory: AccountDirectory;
  readonly maxDevices: () => number;
  readonly now: () => number;
}

/** The devices of one account: linking, naming, removing. */
export class Devices {
  readonly #with: Collaborators;

  constructor(collaborators: Collaborators) {
    this.#with = collaborators;
  }

  list(actor: Actor): Device[] {
    return [...actor.account.devices].map(([deviceId, { createdAt, lastSeenDay, name }]) => ({
      deviceId,
      createdAt,
      ...(lastSeenDay !== undefined && { lastSeenDay }),
      ...(name !== undefined && { name }),
    }));
  }

  /** @throws VantError FORBIDDEN, NOT_FOUND */
  async rename(actor: Actor, deviceId: DeviceId, name: string): Promise<void> {
    if (actor.deviceId !== PRIMARY_DEVICE_ID && actor.deviceId !== deviceId) {
      throw new VantError('FORBIDDEN', 'A linked device names only itself.');
    }
    const isThere = await this.#with.store.updateDevice({ accountId: actor.accountId, deviceId }, { name });
    if (!isThere) throw new VantError('NOT_FOUND', 'There is no such device.');
    await this.#with.directory.announceChange(actor.accountId);
  }

  /** Notes the day of a connection, once a day. */
  async noteSeen(actor: Actor): Promise<void> {
    const today = new Date(this.#with.now()).toISOString().slice(0, 10);
    if (actor.account.devices.get(actor.deviceId)?.lastSeenDay === today) return;
    await this.#with.store.updateDevice(actor, { lastSeenDay: today });
    this.#with.directory.forget(actor.accountId);
  }

  async createLinkToken(actor: Actor, tokenHash: string): Promise<void> {
    if (actor.deviceId !== PRIMARY_DEVICE_ID) throw new VantError('FORBIDDEN', 'Only the primary device links others.');
    await this.#with.store.addLinkToken(actor.accountId, tokenHash, LINKING_TTL_MS);
  }

  /** @throws VantError LINK_TOKEN_INVALID, TOO_MANY_DEVICES, INVALID_KEY, INVALID_SIGNATURE */
  async link(request: LinkRequest): Promise<Registered> {
    const { accountId, device } = request;
    verifyRegistration(device);
    const account = await this.#with.directory.findFresh(accountId);
    // One account, one identity key: a device that brings another has not been provisioned by the primary.
    if (account?.identityKey !== device.identityKey) throw new VantError('LINK_TOKEN_INVALID');
    const deviceId = await this.#with.store.addDevice(
      {
        accountId,
        tokenHash: hashSecret(request.linkToken),
        secretHash: hashSecret(request.deviceSecret),
        createdAt: this.#with.now(),
        device,
      },
      this.#with.maxDevices(),
    );
    if (deviceId === 'invalid') throw new VantError('LINK_TOKEN_INVALID');
    if (deviceId === 'full') throw new VantError('TOO_MANY_DEVICES');
    await this.#with.directory.announceChange(accountId);
    return { accountId, deviceId, role: account.role };
  }

  /** @throws VantError FORBIDDEN, NOT_FOUND */
  async remove(actor: Actor, deviceId: DeviceId): Promise<void> {
    if (deviceId === PRIMARY_DEVICE_ID) {
      throw new VantError('FORBIDDEN', 'The primary device cannot be removed: remove the account.');
    }
    if (actor.deviceId !== PRIMARY_DEVICE_ID && actor.deviceId !== deviceId) {
      throw new VantError('FORBIDDEN', 'A linked device removes only itself.');
    }
    const device = { accountId: actor.accountId, deviceId };
    if (!(await this.#with.store.removeDevice(device))) throw new VantError('NOT_FOUND', 'There is no such device.');
    await this.#with.directory.announceChange(actor.accountId);
  }

  /** @throws VantError CONFLICT when the address is taken. */
  async putProvisionEnvelope(address: string, envelope: string): Promise<void> {
    const isStored = await this.#with.provisioning.put(hashSecret(address), envelope, LINKING_TTL_MS);
    if (!isStored) throw new VantError('CONFLICT', 'Something lies at this address already: start linking again.');
  }

  /** @throws VantError NOT_FOUND until the envelope is there. */
  async takeProvisionEnvelope(address: string): Promise<string> {
    const envelope = await this.#with.provisioning.take(hashSecret(address));
    if (envelope === undefined) throw new VantError('NOT_FOUND', 'Nothing is here yet.');
    return envelope;
  }
}
