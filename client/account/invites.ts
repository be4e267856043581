/** Invites: the token is made here, and the server gets its hash only. */
import { encodeBase64Url } from '../../wire/encoding.ts';
import { SECRET_BYTES } from '../../wire/limits.ts';
import type { Invite, Role } from '../../wire/schemas.ts';
import type { ClientPorts } from '../ports.ts';
import type { Api } from '../transport/api.ts';
import { loadAccount, type Account } from './account-record.ts';
import { formatInviteLink } from './links.ts';

export interface InviteOptions {
  readonly role: Role;
  readonly ttlSeconds?: number;
}

/** What a link tells about the team: enough to recognize it, and no more, because a link has to fit into a QR code. */
const MAX_GREETING_NAME_LENGTH = 40;

export async function createInvite(
  ports: ClientPorts,
  api: Api,
  account: Account,
  { role, ttlSeconds }: InviteOptions,
  names: { readonly teamName: string; readonly inviterName: string },
): Promise<{ link: string; invite: Invite }> {
  const token = ports.random.bytes(SECRET_BYTES);
  const tokenHash = encodeBase64Url(await ports.digest.sha256(token));
  const body = { tokenHash, role, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) };
  const invite = await api.call('createInvite', { body });
  const greeting = {
    teamName: names.teamName.slice(0, MAX_GREETING_NAME_LENGTH),
    inviterName: names.inviterName.slice(0, MAX_GREETING_NAME_LENGTH),
    expiresAt: invite.expiresAt,
  };
  const { origin, teamKey } = (await ports.storage.transaction((tx) => loadAccount(tx))) ?? account;
  const link = formatInviteLink({ origin, token: encodeBase64Url(token), teamKey, greeting });
  return { link, invite };
}
