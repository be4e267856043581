/** The team keys that a device has: the present one, which seals, and those before, which still open what was sealed under
 * them. Each has a number that goes up. */
import { encodeHex } from '../../wire/encoding.ts';
import { copyBytes } from '../bytes.ts';
import type { Bytes } from '../ports.ts';
import type { Account } from './account-record.ts';

export interface TeamKey {
  readonly id: number;
  readonly key: Bytes;
}

type KeyHolder = Pick<Account, 'teamKey' | 'teamKeyId' | 'formerTeamKeys'>;

/** Nobody shall use up all numbers. */
export const MAX_KEY_ID = 1_000_000;

/** Members who have not sealed their profile anew for that long are unread until they do. */
const MAX_FORMER_KEYS = 16;

export const currentTeamKey = ({ teamKey, teamKeyId = 0 }: KeyHolder): TeamKey => ({ id: teamKeyId, key: teamKey });

/** Newest first. */
export const teamKeysOf = (account: KeyHolder): TeamKey[] => [
  currentTeamKey(account),
  ...(account.formerTeamKeys ?? []),
];

/** Of two keys of the same number the same one on every device. */
export function isNewerKey(offered: TeamKey, than: TeamKey): boolean {
  return offered.id === than.id ? encodeHex(offered.key) > encodeHex(than.key) : offered.id > than.id;
}

export function withFormerKey(account: Account, former: TeamKey): Account {
  const known = teamKeysOf(account);
  const isKnown = known.some(({ key }) => encodeHex(key) === encodeHex(former.key));
  if (isKnown) return account;
  return { ...account, formerTeamKeys: [former, ...(account.formerTeamKeys ?? [])].slice(0, MAX_FORMER_KEYS) };
}

export function withTeamKey(account: Account, { id, key }: TeamKey): Account {
  const formerTeamKeys = teamKeysOf(account).slice(0, MAX_FORMER_KEYS);
  return { ...account, teamKey: copyBytes(key), teamKeyId: id, formerTeamKeys };
}
