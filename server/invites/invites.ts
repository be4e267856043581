import { randomBytes } from 'node:crypto';
import { VantError } from '../../wire/errors.ts';
import type { Invite, Role } from '../../wire/schemas.ts';
import { isAdministrator, isOwner, type Actor } from '../accounts/actor.ts';
import { hashSecret } from '../devices/device-secret.ts';
import type { InviteStore, StoredInvite } from './invite-store.ts';

export interface InvitePolicy {
  readonly defaultTtlMs: number;
  readonly maxTtlMs: number;
  readonly mayMembersInvite: boolean;
}

export class Invites {
  readonly #store: InviteStore;
  readonly #policy: () => InvitePolicy;
  readonly #now: () => number;

  constructor(store: InviteStore, policy: () => InvitePolicy, now: () => number) {
    this.#store = store;
    this.#policy = policy;
    this.#now = now;
  }

  /** @throws VantError FORBIDDEN, CONFLICT */
  async create(actor: Actor, request: { tokenHash: string; role: Role; ttlSeconds?: number }): Promise<Invite> {
    this.#checkMayInvite(actor, request.role);
    const { defaultTtlMs, maxTtlMs } = this.#policy();
    const ttlMs = request.ttlSeconds === undefined ? defaultTtlMs : request.ttlSeconds * 1000;
    const createdAt = this.#now();
    const invite = {
      inviteId: request.tokenHash,
      role: request.role,
      createdAt,
      expiresAt: createdAt + Math.min(ttlMs, maxTtlMs),
      createdBy: actor.accountId,
    };
    const isNew = await this.#store.add(invite);
    if (!isNew) throw new VantError('CONFLICT', 'There is an invite with this token: make another token.');
    return invite;
  }

  /** A link for whoever sets the server up. @returns the token, base64url; it is stored nowhere. */
  async createSetup(): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const now = this.#now();
    const expiresAt = now + this.#policy().maxTtlMs;
    await this.#store.add({ inviteId: hashSecret(token), role: 'owner', createdAt: now, expiresAt, isSetup: true });
    return token;
  }

  /** All of them for owners and admins; what a member has made for that member. */
  async list(actor: Actor): Promise<Invite[]> {
    const invites = await this.#store.list(this.#now());
    return invites.filter((invite) => !invite.isSetup && isOpenTo(actor, invite));
  }

  /** @throws VantError NOT_FOUND */
  async revoke(actor: Actor, inviteId: string): Promise<void> {
    const invite = await this.#store.find(inviteId);
    // What is not theirs does not exist for members: they learn nothing by trying.
    if (invite === undefined || !isOpenTo(actor, invite)) throw new VantError('NOT_FOUND', 'There is no such invite.');
    await this.#store.remove(inviteId);
  }

  #checkMayInvite(actor: Actor, role: Role): void {
    if (!isAdministrator(actor) && !this.#policy().mayMembersInvite) {
      throw new VantError('FORBIDDEN', 'Only owners and admins invite (option invites.allow_members).');
    }
    if (role === 'owner' && !isOwner(actor)) throw new VantError('FORBIDDEN', 'Only owners invite owners.');
    if (role === 'admin' && !isAdministrator(actor))
      throw new VantError('FORBIDDEN', 'Only owners and admins invite admins.');
  }
}

const isOpenTo = (actor: Actor, invite: StoredInvite): boolean =>
  isAdministrator(actor) || invite.createdBy === actor.accountId;
