/** The two links that people pass on: to join a team, and to link a device. What follows `#` never reaches a server. */
import { decodeBase64Url, encodeBase64Url } from '../../wire/encoding.ts';
import { InviteGreeting } from '../../wire/generated/directory.ts';
import { SECRET_BYTES } from '../../wire/limits.ts';
import { ClientError } from '../errors.ts';
import type { Bytes } from '../ports.ts';

const PUBLIC_KEY_BYTES = 33;

export interface InviteLink {
  readonly origin: string;
  /** Base64url. */
  readonly token: string;
  /** Absent in the owner's first link: whoever redeems it makes the key. */
  readonly teamKey: Bytes | undefined;
  /** Whose team it is, for the person who opens it. Whoever made the link could write anything here. */
  readonly greeting?: InviteGreeting;
}

export interface DeviceLink {
  readonly origin: string;
  /** Base64url: where the new device waits at the server. */
  readonly address: string;
  readonly publicKey: Bytes;
}

export function formatInviteLink({ origin, token, teamKey, greeting }: InviteLink): string {
  const parts = [token];
  if (teamKey !== undefined) parts.push(encodeBase64Url(teamKey));
  if (teamKey !== undefined && greeting !== undefined) {
    parts.push(encodeBase64Url(InviteGreeting.encode(greeting).finish()));
  }
  return `${origin}/join#${parts.join('.')}`;
}

/** @throws ClientError BAD_LINK */
export function parseInviteLink(text: string): InviteLink {
  const { origin, parts } = splitLink(text, 'join');
  const [token = '', teamKey, greeting] = parts;
  if (parts.length > 3) throw new ClientError('BAD_LINK', 'It has too many parts.');
  decodePart(token, SECRET_BYTES, 'invite token');
  return {
    origin,
    token,
    teamKey: teamKey === undefined ? undefined : decodePart(teamKey, SECRET_BYTES, 'team key'),
    ...(greeting === undefined ? {} : { greeting: decodeGreeting(greeting) }),
  };
}

/** A link whose greeting was cut off was cut off: the last characters of the key may be missing next time. */
function decodeGreeting(text: string): InviteGreeting {
  try {
    return InviteGreeting.decode(decodeBase64Url(text));
  } catch (cause) {
    throw new ClientError('BAD_LINK', 'Its end is missing.', { cause });
  }
}

export function formatDeviceLink({ origin, address, publicKey }: DeviceLink): string {
  return `${origin}/link#${address}.${encodeBase64Url(publicKey)}`;
}

/** @throws ClientError BAD_LINK */
export function parseDeviceLink(text: string): DeviceLink {
  const { origin, parts } = splitLink(text, 'link');
  const [address = '', publicKey = ''] = parts;
  if (parts.length > 2) throw new ClientError('BAD_LINK', 'It has too many parts.');
  decodePart(address, SECRET_BYTES, 'address');
  return { origin, address, publicKey: decodePart(publicKey, PUBLIC_KEY_BYTES, 'public key') };
}

/** Scheme and host of a server, as the start of every link and request. @throws ClientError BAD_LINK */
export function parseOrigin(text: string): string {
  const match = /^(https?:\/\/[^\s/?#@\\]+)\/?$/i.exec(text.trim());
  if (match?.[1] === undefined) throw new ClientError('BAD_LINK', 'Expected an address like https://chat.example.org');
  return match[1].toLowerCase();
}

function splitLink(text: string, page: 'join' | 'link'): { origin: string; parts: string[] } {
  const match = /^([^#]+)\/(join|link)#(\S+)$/.exec(text.trim());
  if (match === null) throw new ClientError('BAD_LINK', `Expected https://…/${page}#… with everything after the #.`);
  if (match[2] !== page) throw new ClientError('BAD_LINK', `This is a /${match[2]} link, not a /${page} link.`);
  return { origin: parseOrigin(match[1] ?? ''), parts: (match[3] ?? '').split('.') };
}

function decodePart(text: string, length: number, what: string): Bytes {
  let bytes: Bytes;
  try {
    bytes = decodeBase64Url(text);
  } catch (cause) {
    throw new ClientError('BAD_LINK', `Its ${what} is damaged.`, { cause });
  }
  if (bytes.length !== length) throw new ClientError('BAD_LINK', `Its ${what} is cut off.`);
  return bytes;
}
