/** A new team key after a member was removed: they have the old one, and shall not read what is set from now on. */
import type { ProfileKeyUpdate } from '../../wire/generated/content.ts';
import type { AccountId } from '../../wire/ids.ts';
import { SECRET_BYTES } from '../../wire/limits.ts';
import { loadAccount, saveAccount } from '../account/account-record.ts';
import {
  currentTeamKey,
  isNewerKey,
  MAX_KEY_ID,
  withFormerKey,
  withTeamKey,
  type TeamKey,
} from '../account/team-keys.ts';
import { copyBytes } from '../bytes.ts';
import type { Arrival } from '../conversations/apply-content.ts';
import { appendJournal } from '../conversations/journal.ts';
import { enqueueNew } from '../messaging/compose.ts';
import type { ActionContext } from '../messaging/message-actions.ts';
import type { StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';
import { forgetVersion, getMember, listDirectory, type DirectoryEntry } from './directory.ts';

/** A removal that has not happened by then was refused. */
const WANTED_MS = 60 * 60 * 1000;
const TELL_AGAIN_MS = 24 * 60 * 60 * 1000;

/** Who was told which key, by AccountId. */
const told = defineTable<{ readonly keyId: number; readonly at: number }>('team-key-told');
/** Accounts whose removal was asked for and is not answered by a new key yet. */
const unanswered = defineTable<{ readonly at: number }>('team-key-wanted');

const mayRotate = (entry: DirectoryEntry | undefined): boolean =>
  entry?.isMember === true && (entry.role === 'owner' || entry.role === 'admin');

/** Before the server is asked to remove them, so that a new key is made even if this program ends in between. */
export const wantRotation = (tx: StorageTransaction, accountId: AccountId, now: number): Promise<void> =>
  unanswered.put(tx, accountId, { at: now });

/** If someone was removed: makes a key and sends it to everybody who is left. Whether it did. */
export async function rotateWhereWanted(context: ActionContext): Promise<boolean> {
  const { tx, ports } = context;
  const wanted = await unanswered.list(tx);
  let isDue = false;
  for (const { key, value } of wanted) {
    const isGone = (await getMember(tx, key as AccountId))?.isMember === false;
    if (isGone) isDue = true;
    if (isGone || ports.clock.now() - value.at > WANTED_MS) await unanswered.delete(tx, key);
  }
  const account = isDue ? await loadAccount(tx) : undefined;
  if (account === undefined) return false;
  const next = { id: currentTeamKey(account).id + 1, key: ports.random.bytes(SECRET_BYTES) };
  await adopt(tx, next);
  for (const { accountId, isMember } of await listDirectory(tx)) {
    if (isMember) await tell(context, accountId, next);
  }
  return true;
}

/** Only of those who may remove members. Of two keys that were made at the same time, the same one holds everywhere. */
export async function applyTeamKeyUpdate(
  tx: StorageTransaction,
  { author, self }: Arrival,
  { teamKey, teamKeyId }: ProfileKeyUpdate,
): Promise<void> {
  const account = await loadAccount(tx);
  if (account === undefined || teamKey.length !== SECRET_BYTES) return;
  if (author !== self && !mayRotate(await getMember(tx, author))) return;
  const offered = { id: teamKeyId, key: copyBytes(teamKey) };
  const known = currentTeamKey(account);
  if (offered.id > MAX_KEY_ID) return;
  if (isNewerKey(offered, known)) await adopt(tx, offered);
  // Its maker has sealed a profile under it, before learning of the other one.
  else if (offered.id === known.id) await saveAccount(tx, withFormerKey(account, offered));
}

/** For owners and admins: those whose profile is still under an old key may have missed the update. */
export async function remindOfTeamKey(context: ActionContext): Promise<void> {
  const { tx, account, ports } = context;
  const current = await loadAccount(tx);
  if (current === undefined || !mayRotate(await getMember(tx, account.accountId))) return;
  const key = currentTeamKey(current);
  for (const { accountId, isMember, isUnderFormerKey = false } of await listDirectory(tx)) {
    if (!isMember || !isUnderFormerKey || accountId === account.accountId) continue;
    const last = await told.get(tx, accountId);
    if (last?.keyId === key.id && Math.abs(ports.clock.now() - last.at) < TELL_AGAIN_MS) continue;
    await tell(context, accountId, key);
  }
}

/** Whether the own profile is to be sealed anew. */
export async function isProfileOutdated(tx: StorageTransaction, self: AccountId): Promise<boolean> {
  const entry = await getMember(tx, self);
  return entry?.isUnderFormerKey === true || entry?.isServerBehind === true;
}

async function adopt(tx: StorageTransaction, key: TeamKey): Promise<void> {
  const account = await loadAccount(tx);
  if (account === undefined) return;
  await saveAccount(tx, withTeamKey(account, key));
  // What could not be read before can be now.
  await forgetVersion(tx);
  await appendJournal(tx, { type: 'team-key' });
}

async function tell({ ports, tx }: ActionContext, accountId: AccountId, { id, key }: TeamKey): Promise<void> {
  await told.put(tx, accountId, { keyId: id, at: ports.clock.now() });
  await enqueueNew(ports, tx, accountId, { $case: 'profileKeyUpdate', value: { teamKey: key, teamKeyId: id } });
}
