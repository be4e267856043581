/** Changes what the other members see of this account. */
import type { TeamProfile } from '../../wire/generated/directory.ts';
import { loadAccount, saveAccount, type Account } from '../account/account-record.ts';
import { currentTeamKey } from '../account/team-keys.ts';
import type { ClientPorts } from '../ports.ts';
import type { Api } from '../transport/api.ts';
import { getMember } from './directory.ts';
import { sealProfile } from './profile-crypto.ts';

export interface ProfileChange {
  readonly displayName?: string;
  readonly about?: string;
  readonly avatar?: Uint8Array;
  readonly avatarContentType?: string;
  /** Of owners only. */
  readonly team?: TeamProfile | undefined;
}

/** What the change does not name stays. The revision goes beyond all that this device has seen, so that the others take it
 * for newer, whichever device of the account made the last one. */
export async function setProfile(ports: ClientPorts, api: Api, account: Account, change: ProfileChange): Promise<void> {
  const known = await ports.storage.transaction(async (tx) => ({
    account: (await loadAccount(tx)) ?? account,
    profile: (await getMember(tx, account.accountId))?.profile,
  }));
  const revision = Math.max(known.account.profileRevision, known.profile?.revision ?? 0) + 1;
  const profile = {
    displayName: known.profile?.displayName ?? known.account.displayName,
    about: known.profile?.about ?? '',
    avatar: known.profile?.avatar ?? new Uint8Array(),
    avatarContentType: known.profile?.avatarContentType ?? '',
    team: known.profile?.team,
    ...change,
    identityKey: account.identityPublicKey,
    revision,
    teamKeyId: currentTeamKey(known.account).id,
  };
  const blob = sealProfile(ports.signal, ports.random, known.account.teamKey, account.accountId, profile);
  await api.call('putProfile', { body: { profile: blob } });
  const { displayName } = profile;
  await ports.storage.transaction(async (tx) => {
    // Loaded again: the team may have a new key by now.
    const present = (await loadAccount(tx)) ?? known.account;
    await saveAccount(tx, { ...present, displayName, profileRevision: revision, isProfilePublished: true });
  });
}
