import { describe, expect, it } from 'vitest';
import type { AccountId } from '../../../wire/ids.ts';
import type { DirectoryEntry } from '../../../client/directory/directory.ts';
import { resolveMember } from '../../../cli/resolve-member.ts';

const member = (digit: string, displayName: string, isMember = true): DirectoryEntry => ({
  accountId: `${digit.repeat(8)}-0000-4000-8000-000000000000` as AccountId,
  role: 'member',
  createdAt: 0,
  isMember,
  profile: {
    displayName,
    identityKey: new Uint8Array(),
    revision: 1,
    about: '',
    avatar: new Uint8Array(),
    avatarContentType: '',
  },
});

const members = [
  member('1', 'Anna'),
  member('2', 'Anna Maria'),
  member('3', 'Béla'),
  member('4', 'Ops'),
  member('5', 'Opal'),
  member('6', 'Gone', false),
  member('7', 'Twin'),
  member('8', 'twin'),
];
const resolve = (text: string): string | undefined => resolveMember(members, text).profile?.displayName;

describe('a member is found', () => {
  it.each([
    ['anna', 'Anna'],
    ['ANNA M', 'Anna Maria'],
    ['bé', 'Béla'],
    ['béla', 'Béla'],
    ['ops', 'Ops'],
    ['44444444', 'Ops'],
    ['55555555-0000-4000-8000-000000000000', 'Opal'],
  ])('by %s', (text, expected) => {
    expect(resolve(text)).toBe(expected);
  });

  it.each(['', ' ', 'zoe', 'gone', '444'])('not by %j', (text) => {
    expect(() => resolve(text)).toThrow('There is no member called');
  });

  it('only when it is clear which one: otherwise the candidates are listed', () => {
    expect(() => resolve('op')).toThrow('Ops (44444444), Opal (55555555)');
    expect(() => resolve('twin')).toThrow('Twin (77777777), twin (88888888)');
  });
});
