/** What the team is called. The server must not learn it, so it is kept where only members can read it: in the profiles of the
 * owners. */
import type { TeamProfile } from '../../wire/generated/directory.ts';
import type { DirectoryEntry } from './directory.ts';

export type TeamChange = Partial<Pick<TeamProfile, 'name' | 'avatar' | 'avatarContentType'>>;

/** The one that an owner has changed last. Undefined while no owner has named the team. */
export function findTeamProfile(directory: readonly DirectoryEntry[]): TeamProfile | undefined {
  return directory
    .filter(({ role, isMember }) => role === 'owner' && isMember)
    .map(({ profile }) => profile?.team)
    .reduce((newest, team) => ((team?.changedAt ?? 0) > (newest?.changedAt ?? 0) ? team : newest), undefined);
}

/** Newer than all that is known, even where another owner's clock was ahead. */
export function changeTeamProfile(known: TeamProfile | undefined, change: TeamChange, now: number): TeamProfile {
  const { name = '', avatar = new Uint8Array(), avatarContentType = '', changedAt = 0 } = known ?? {};
  return { name, avatar, avatarContentType, ...change, changedAt: Math.max(now, changedAt + 1) };
}
