import { randomUUID } from 'node:crypto';
import { VantError } from '../../wire/errors.ts';
import { PRIMARY_DEVICE_ID, parseAccountId } from '../../wire/ids.ts';
import type { DeviceRegistration, Registered } from '../../wire/schemas.ts';
import { hashSecret } from '../devices/device-secret.ts';
import type { InviteStore } from '../invites/invite-store.ts';
import { verifyRegistration } from '../keys/verify-keys.ts';
import type { AccountStore } from './account-store.ts';

export interface RegistrationRequest {
  readonly inviteToken: string;
  readonly deviceSecret: string;
  readonly device: DeviceRegistration;
}

/** Turns an invite into an account. Each step may be repeated after a crash or a lost answer, with the same outcome. */
export class Registration {
  readonly #accounts: AccountStore;
  readonly #invites: InviteStore;
  readonly #maxAccounts: () => number;
  readonly #now: () => number;

  constructor(accounts: AccountStore, invites: InviteStore, maxAccounts: () => number, now: () => number) {
    this.#accounts = accounts;
    this.#invites = invites;
    this.#maxAccounts = maxAccounts;
    this.#now = now;
  }

  /** @throws VantError INVITE_INVALID, TEAM_FULL, INVALID_KEY, INVALID_SIGNATURE. */
  async register(request: RegistrationRequest): Promise<Registered> {
    verifyRegistration(request.device);
    const inviteId = hashSecret(request.inviteToken);
    const secretHash = hashSecret(request.deviceSecret);
    const invite = await this.#invites.claim(inviteId, parseAccountId(randomUUID()), secretHash);
    if (invite === undefined) throw new VantError('INVITE_INVALID');
    const { accountId, role } = invite;
    const now = this.#now();
    if (!(await this.#accounts.reserve(accountId, now, this.#maxAccounts(), invite.isSetup))) {
      // A set-up link outlives the set-up when several nodes print one each: it opens nothing any more.
      throw new VantError(invite.isSetup ? 'INVITE_INVALID' : 'TEAM_FULL');
    }
    await this.#accounts.create({ accountId, role, createdAt: now, inviteId, secretHash, device: request.device });
    return { accountId, deviceId: PRIMARY_DEVICE_ID, role };
  }
}
