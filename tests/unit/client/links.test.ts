import { describe, expect, it } from 'vitest';
import { encodeBase64Url } from '../../../wire/encoding.ts';
import {
  formatDeviceLink,
  formatInviteLink,
  parseDeviceLink,
  parseInviteLink,
  parseOrigin,
} from '../../../client/account/links.ts';

const origin = 'https://chat.example.org';
const token = encodeBase64Url(new Uint8Array(32).fill(1));
const teamKey = new Uint8Array(32).fill(2);

describe('invite links', () => {
  it('tell whose team it is, which no server hears', () => {
    const greeting = { teamName: 'Harbour Café', inviterName: 'Ada', expiresAt: 1_800_000_000_000 };
    const link = { origin, token, teamKey, greeting };
    expect(parseInviteLink(formatInviteLink(link))).toEqual(link);
    expect(new URL(formatInviteLink(link)).hash).not.toContain('Harbour');
  });

  it.each([undefined, teamKey])('come back as they were written', (key) => {
    const link = { origin, token, teamKey: key };
    expect(parseInviteLink(formatInviteLink(link))).toEqual(link);
  });

  it('forgive white space around them, and capitals in the host', () => {
    expect(parseInviteLink(` HTTPS://Chat.Example.org/join#${token}\n`).origin).toBe(origin);
  });

  it.each([
    ['', 'Expected'],
    ['hello', 'Expected'],
    [`${origin}/join`, 'everything after the #'],
    [`${origin}/join#`, 'everything after the #'],
    [`${origin}/join#${token.slice(1)}`, 'invite token is'],
    [`${origin}/join#${token}.`, 'team key is cut off'],
    [`${origin}/join#${token}.${encodeBase64Url(teamKey.slice(1))}`, 'team key is cut off'],
    [`${origin}/join#${token}.${encodeBase64Url(teamKey)}.x`, 'Its end is missing'],
    [`${origin}/join#${token}.${encodeBase64Url(teamKey)}.CgE.x`, 'too many parts'],
    [`${origin}/join#${token}.${encodeBase64Url(teamKey)}.CgVh`, 'Its end is missing'],
    [`${origin}/link#${token}`, 'not a /join link'],
    [`ftp://chat.example.org/join#${token}`, 'Expected an address'],
    [`https://user@chat.example.org/join#${token}`, 'Expected an address'],
    [`https://chat.example.org/evil/join#${token}`, 'Expected an address'],
  ])('refuse %j', (text, reason) => {
    expect(() => parseInviteLink(text)).toThrow(reason);
  });
});

describe('device links', () => {
  it('come back as they were written', () => {
    const link = { origin: 'http://127.0.0.1:8420', address: token, publicKey: new Uint8Array(33).fill(5) };
    expect(parseDeviceLink(formatDeviceLink(link))).toEqual(link);
  });

  it('need a whole public key', () => {
    expect(() => parseDeviceLink(`${origin}/link#${token}.AAAA`)).toThrow('public key is cut off');
  });
});

describe('addresses of servers', () => {
  it.each([
    ['https://chat.example.org/', origin],
    ['http://[::1]:8420', 'http://[::1]:8420'],
  ])('%s', (text, expected) => {
    expect(parseOrigin(text)).toBe(expected);
  });
});
