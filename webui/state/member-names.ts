/** Names of members as the page shows them. */
import { msg } from '@lit/localize';
import type { DirectoryEntry } from '../../client/directory/directory.ts';

type Members = ReadonlyMap<string, DirectoryEntry>;

/** Of someone whose profile cannot be read (yet), that. */
export const nameOf = (members: Members, accountId: string): string =>
  members.get(accountId)?.profile?.displayName ?? msg('Unknown member');

/** Those who are in the team now, by their names. */
export function sortedMembers(members: Members): DirectoryEntry[] {
  return [...members.values()]
    .filter(({ isMember }) => isMember)
    .sort((a, b) => nameOf(members, a.accountId).localeCompare(nameOf(members, b.accountId)));
}
