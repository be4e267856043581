/** What the server keeps about an account, in words. The server names its records in English and as it calls them; what is not
 * known here is shown as the server says it. */
import { msg, str } from '@lit/localize';
import type { RecordField, RecordSection } from '../../wire/record-schemas.ts';
import { formatBytes, formatDateTime, formatDay, formatDuration, formatNumber } from './format.ts';
import { roleName } from './roles.ts';

export interface SectionTexts {
  readonly title: string;
  readonly purpose: string;
  readonly kept: string;
}

const SECTIONS: Readonly<Record<string, () => SectionTexts>> = {
  account: () => ({
    title: msg('Your account'),
    purpose: msg('So that it knows that you are a member, and what you may do.'),
    kept: msg('Until the account is removed.'),
  }),
  devices: () => ({
    title: msg('Your devices'),
    purpose: msg('To let your devices in, and to give each one its own copy of every message.'),
    kept: msg('Until the device is removed; what is needed for linking, ten minutes.'),
  }),
  keys: () => ({
    title: msg('Public keys of your devices'),
    purpose: msg('Members who write to you for the first time need them. Private keys never leave your devices.'),
    kept: msg('Until they are used up, replaced, or the device is removed.'),
  }),
  queues: () => ({
    title: msg('Messages that wait for your devices'),
    purpose: msg(
      'A device that is away gets them when it comes back. They are encrypted and do not name their sender.',
    ),
    kept: msg('Until the device has them, or their time is up.'),
  }),
  invites: () => ({
    title: msg('Invites that name you'),
    purpose: msg('Those that you have made and nobody has used, and the one that you came in by.'),
    kept: msg('Until they expire or are revoked. Who made an invite is forgotten when it is used.'),
  }),
  limits: () => ({
    title: msg('How much you have done lately'),
    purpose: msg('So that nobody floods the others. These counters are found by a hash and do not name you.'),
    kept: msg('Seconds to hours: until the counter is full again.'),
  }),
  connections: () => ({
    title: msg('Your open connections'),
    purpose: msg('Messages are delivered over them.'),
    kept: msg('As long as they are open. Nobody writes down where you were.'),
  }),
  log: () => ({
    title: msg('What the log says'),
    purpose: msg('To find faults. Account ids, names, keys, tokens and contents are never written.'),
    kept: msg('As long as whoever runs the server keeps its output.'),
  }),
};

export const sectionTexts = ({ id, title, purpose, kept }: RecordSection): SectionTexts =>
  SECTIONS[id]?.() ?? { title, purpose, kept };

const FIELDS: Readonly<Record<string, () => string>> = {
  accountId: () => msg('Account: a random number'),
  role: () => msg('Role'),
  createdAt: () => msg('Made'),
  identityKey: () => msg('Public identity key'),
  inviteId: () => msg('Hash of the invite’s token'),
  profile: () => msg('Your name and picture, readable by members only'),
  profileTag: () => msg('Mark that tells whether the profile has changed'),
  registrationId: () => msg('Random number of the device'),
  secretHash: () => msg('Hash of the device’s secret'),
  name: () => msg('Name, readable by your own devices only'),
  lastSeenDay: () => msg('Day of the last connection'),
  connections: () => msg('Times it has connected'),
  tokenHash: () => msg('Hash of a token for linking'),
  claim: () => msg('Device that has used the token'),
  expiresInMs: () => msg('Forgotten in'),
  signedPreKeyId: () => msg('Number of the signed prekey'),
  signedPreKey: () => msg('Signed prekey, public'),
  lastResortKyberPreKeyId: () => msg('Number of the last-resort Kyber prekey'),
  lastResortKyberPreKey: () => msg('Last-resort Kyber prekey, public'),
  highestPreKeyId: () => msg('Highest number of a one-time prekey'),
  highestKyberPreKeyId: () => msg('Highest number of a one-time Kyber prekey'),
  preKeys: () => msg('One-time prekeys that are left'),
  kyberPreKeys: () => msg('One-time Kyber prekeys that are left'),
  expiresAt: () => msg('Expires'),
  createdBy: () => msg('Made by the account'),
  claimedBy: () => msg('Used by the account'),
  setup: () => msg('First link of the owner'),
  tokens: () => msg('What is left to spend'),
  at: () => msg('Last counted'),
  address: () => msg('Address that it comes from'),
  connectedAt: () => msg('Connected since'),
  lastHeardAt: () => msg('Last sign of life'),
  node: () => msg('Server process that holds it'),
  receives: () => msg('Receives messages'),
  unacknowledged: () => msg('Messages on their way'),
  silentNodes: () => msg('Server processes that did not answer'),
  envelopes: () => msg('Messages that wait'),
  bytes: () => msg('Size in the database'),
  messageTtl: () => msg('Longest time that one may wait'),
  notedExpiries: () => msg('Noted times of deletion'),
  oldestAcceptedAt: () => msg('Oldest one accepted'),
  type: () => msg('Kind'),
  acceptedAt: () => msg('Accepted'),
  serverTimestamp: () => msg('Time of the server'),
  clientTimestamp: () => msg('Time that the sending device gave'),
  messageId: () => msg('Random number of the message'),
  content: () => msg('Content, encrypted and padded'),
  urgent: () => msg('Urgent'),
  ephemeral: () => msg('Only while connected'),
  'log.level': () => msg('How much is written'),
  'log.addresses': () => msg('How addresses are written'),
};

export const fieldLabel = ({ name }: RecordField): string => FIELDS[name]?.() ?? name;

const TITLES: readonly (readonly [RegExp, (number: string) => string])[] = [
  [/^account$/, () => msg('Account')],
  [/^device (\d+)$/, (number) => msg(str`Device ${number}`)],
  [/^queue of device (\d+)$/, (number) => msg(str`Queue of device ${number}`)],
  [/^envelope \S+ for device (\d+)$/, (number) => msg(str`Message for device ${number}`)],
  [/^connection of device (\d+)$/, (number) => msg(str`Connection of device ${number}`)],
  [/^link token$/, () => msg('Token for linking')],
  [/^invite$/, () => msg('Invite')],
  [/^settings$/, () => msg('Settings of the log')],
];

export function entryTitle(title: string): string {
  for (const [pattern, toText] of TITLES) {
    const match = pattern.exec(title);
    if (match !== null) return toText(match[1] ?? '');
  }
  return title;
}

/** The value as a person reads it. Of secrets and ciphertexts there is only a size. */
export function fieldValue({ name, kind, value }: RecordField): string {
  switch (kind) {
    case 'flag':
      return value === true ? msg('yes') : msg('no');
    case 'count':
      return formatNumber(Number(value));
    case 'time':
      return formatDateTime(Number(value));
    case 'duration':
      return formatDuration(Number(value));
    case 'day':
      return formatDay(String(value));
    case 'bytes':
      return formatBytes(Number(value));
    case 'secret':
      return msg(str`hash, ${formatBytes(Number(value))}`);
    case 'sealed':
      return msg(str`unreadable for the server, ${formatBytes(Number(value))}`);
    case 'text':
      return name === 'role' && isRole(value) ? roleName(value) : String(value);
  }
}

const isRole = (value: unknown): value is 'owner' | 'admin' | 'member' =>
  value === 'owner' || value === 'admin' || value === 'member';

export function placeText(place: RecordSection['place']): string {
  switch (place) {
    case 'database':
      return msg('in the database');
    case 'files':
      return msg('in files');
    case 'memory':
      return msg('in memory only');
    case 'log':
      return msg('in the log');
    case 'nowhere':
      return msg('nowhere');
  }
}

/** What the server can never learn, as docs/security.md promises. */
export const neverKnown = (): readonly string[] => [
  msg('What you write, and what is in your attachments'),
  msg('Your name, your picture, and the name of your team'),
  msg('Names of groups, and who is in them'),
  msg('What is said in calls'),
  msg('What you have read, searched for, or begun to write'),
  msg('Your private keys, and the key of the team'),
];
