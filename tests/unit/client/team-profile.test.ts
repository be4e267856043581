import { describe, expect, it } from 'vitest';
import type { DirectoryEntry } from '../../../client/directory/directory.ts';
import { changeTeamProfile, findTeamProfile } from '../../../client/directory/team-profile.ts';
import type { TeamProfile } from '../../../wire/generated/directory.ts';
import type { Role } from '../../../wire/schemas.ts';

const named = (name: string, changedAt: number): TeamProfile => ({
  name,
  avatar: new Uint8Array(),
  avatarContentType: '',
  changedAt,
});

function member(role: Role, team: TeamProfile | undefined, isMember = true): DirectoryEntry {
  const texts = { displayName: role, about: '', avatarContentType: '' };
  const profile = { ...texts, identityKey: new Uint8Array(), avatar: new Uint8Array(), revision: 1, team };
  return { accountId: `${role}-id` as DirectoryEntry['accountId'], role, createdAt: 0, isMember, profile };
}

describe('the name of the team', () => {
  it('is the one that an owner has given last', () => {
    const owners = [member('owner', named('Old', 5)), member('owner', named('New', 9)), member('owner', undefined)];
    expect(findTeamProfile(owners)?.name).toBe('New');
  });

  it('is not for others to give, nor for those who have left', () => {
    const others = [member('admin', named('Admins', 8)), member('member', named('Members', 9))];
    expect(findTeamProfile([...others, member('owner', named('Left', 10), false)])).toBeUndefined();
  });

  it('is undefined while nobody has given one', () => {
    expect(findTeamProfile([member('owner', undefined)])).toBeUndefined();
  });
});

describe('a change', () => {
  it('keeps what it does not name', () => {
    const avatar = Uint8Array.of(1, 2);
    const known = { ...named('Harbour', 5), avatar, avatarContentType: 'image/webp' };
    expect(changeTeamProfile(known, { name: 'Café' }, 7)).toEqual({ ...known, name: 'Café', changedAt: 7 });
  });

  it('is newer than all that is known, even where a clock went ahead', () => {
    expect(changeTeamProfile(named('Future', 100), { name: 'Now' }, 50).changedAt).toBe(101);
    expect(changeTeamProfile(undefined, { name: 'First' }, 50).changedAt).toBe(50);
  });
});
