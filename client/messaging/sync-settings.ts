/** Settings that hold on all devices of an account: preferences, what is set for conversations, what is decided about
 * members. Each travels with the time of its change, and the newest one wins. */
import type {
  ConversationSettings,
  MemberSettings as SyncedMember,
  PreferenceSettings,
  SyncSettings,
} from '../../wire/generated/content.ts';
import { accountIdFromBytes, accountIdToBytes, type AccountId } from '../../wire/ids.ts';
import type { Account } from '../account/account-record.ts';
import { getPreferences, putPreferences } from '../account/preferences.ts';
import { toQuietHours } from '../account/quiet-hours.ts';
import { fromReference, toReference } from '../conversations/conversation-id.ts';
import { changeRecord, getRecord, listRecords, type ConversationRecord } from '../conversations/conversation-record.ts';
import { clampExpireTimer } from '../conversations/limits.ts';
import { noteLocally } from '../conversations/insert-notice.ts';
import {
  getMemberSettings,
  isVerified,
  listMemberSettings,
  putMemberSettings,
  type MemberSettings,
} from '../directory/member-settings.ts';
import type { StorageTransaction } from '../ports.ts';
import { enqueueSync, type ComposePorts } from './compose.ts';

/** Entries of one message, so that it stays far below the limit of an envelope. */
const SETTINGS_AT_ONCE = 200;

export async function enqueueSettings(
  ports: ComposePorts,
  tx: StorageTransaction,
  account: Account,
  settings: Partial<SyncSettings>,
): Promise<void> {
  const value = { preferences: undefined, conversations: [], members: [], ...settings };
  await enqueueSync(ports, tx, account, { $case: 'settings', value });
}

/** For a device that has just been linked. */
export async function enqueueAllSettings(ports: ComposePorts, tx: StorageTransaction, account: Account): Promise<void> {
  const preferences = await toPreferenceSettings(tx);
  const records = (await listRecords(tx)).filter(({ settingsChangedAt }) => settingsChangedAt > 0);
  const conversations = records.map(toConversationSettings);
  const members = (await listMemberSettings(tx)).map(({ accountId, ...rest }) => toSyncedMember(accountId, rest));
  await enqueueSettings(ports, tx, account, { preferences });
  for (let start = 0; start < Math.max(conversations.length, members.length); start += SETTINGS_AT_ONCE) {
    await enqueueSettings(ports, tx, account, {
      conversations: conversations.slice(start, start + SETTINGS_AT_ONCE),
      members: members.slice(start, start + SETTINGS_AT_ONCE),
    });
  }
}

export async function applySettings(
  tx: StorageTransaction,
  account: Account,
  { preferences, conversations, members }: SyncSettings,
  now: number,
): Promise<void> {
  if (preferences !== undefined) {
    const { isReadReceiptsOff, isTypingOff, changedAt } = preferences;
    await putPreferences(tx, {
      readReceipts: !isReadReceiptsOff,
      typingIndicators: !isTypingOff,
      defaultExpireTimerSeconds: clampExpireTimer(preferences.defaultExpireTimerSeconds),
      quietHours: toQuietHours(preferences.quietHours),
      changedAt,
    });
  }
  for (const settings of conversations) await applyConversation(tx, settings);
  for (const settings of members) await applyMember(tx, account, settings, now);
}

export async function toPreferenceSettings(tx: StorageTransaction): Promise<PreferenceSettings> {
  const { readReceipts, typingIndicators, ...same } = await getPreferences(tx);
  return { ...same, isReadReceiptsOff: !readReceipts, isTypingOff: !typingIndicators };
}

export function toConversationSettings(record: ConversationRecord): ConversationSettings {
  return {
    conversation: toReference(record.id),
    changedAt: record.settingsChangedAt,
    mutedUntil: record.mutedUntil,
    pinnedAt: record.pinnedAt,
    isArchived: record.isArchived,
    isMarkedUnread: record.isMarkedUnread,
  };
}

export function toSyncedMember(accountId: AccountId, settings: MemberSettings): SyncedMember {
  return {
    accountId: accountIdToBytes(accountId),
    changedAt: settings.changedAt,
    verifiedIdentityKey: settings.verifiedIdentityKey ?? new Uint8Array(),
    isBlocked: settings.isBlocked,
  };
}

async function applyConversation(tx: StorageTransaction, settings: ConversationSettings): Promise<void> {
  const id = fromReference(settings.conversation);
  if (id === undefined || settings.changedAt <= (await getRecord(tx, id)).settingsChangedAt) return;
  const { mutedUntil, pinnedAt, isArchived, isMarkedUnread, changedAt: settingsChangedAt } = settings;
  const changed = { mutedUntil, pinnedAt, isArchived, isMarkedUnread, settingsChangedAt };
  await changeRecord(tx, id, (record) => ({ ...record, ...changed }));
}

async function applyMember(
  tx: StorageTransaction,
  account: Account,
  { accountId, changedAt, verifiedIdentityKey, isBlocked }: SyncedMember,
  now: number,
): Promise<void> {
  if (accountId.length !== 16) return;
  const id = accountIdFromBytes(accountId);
  if (id === account.accountId) return;
  const verified = verifiedIdentityKey.length > 0 ? { verifiedIdentityKey } : {};
  await changeMember(tx, id, { ...verified, isBlocked, changedAt }, now);
}

/** Gives what is stored afterwards. A changed verification is noted in the conversation. */
export async function changeMember(
  tx: StorageTransaction,
  accountId: AccountId,
  changed: MemberSettings,
  now: number,
): Promise<MemberSettings> {
  const wasVerified = await isVerified(tx, accountId);
  await putMemberSettings(tx, accountId, changed);
  const isNowVerified = await isVerified(tx, accountId);
  if (wasVerified !== isNowVerified) {
    const notice = { type: 'verification' as const, accountId, isVerified: isNowVerified };
    await noteLocally(tx, [accountId], notice, accountId, now);
  }
  return getMemberSettings(tx, accountId);
}
