/** What a member sets: for all of their devices, or for one conversation. */
import type { AccountId } from '../../wire/ids.ts';
import { getPreferences, putPreferences, type Preferences } from '../account/preferences.ts';
import { requireQuietHours } from '../account/quiet-hours.ts';
import { changeRecord, getRecord, type ConversationRecord, type Draft } from '../conversations/conversation-record.ts';
import { getMember } from '../directory/directory.ts';
import { getMemberSettings } from '../directory/member-settings.ts';
import { ClientError } from '../errors.ts';
import type { StorageTransaction } from '../ports.ts';
import { requireExpireTimer, type ActionContext } from './message-actions.ts';
import {
  changeMember,
  enqueueSettings,
  toConversationSettings,
  toPreferenceSettings,
  toSyncedMember,
} from './sync-settings.ts';
import { omit } from '../omit.ts';

export async function setPreferences(
  { ports, tx, account }: ActionContext,
  change: Partial<Preferences>,
): Promise<void> {
  if (change.defaultExpireTimerSeconds !== undefined) requireExpireTimer(change.defaultExpireTimerSeconds);
  if (change.quietHours !== undefined) requireQuietHours(change.quietHours);
  const known = await getPreferences(tx);
  const changedAt = Math.max(ports.clock.now(), known.changedAt + 1);
  await putPreferences(tx, { ...known, ...change, changedAt });
  await enqueueSettings(ports, tx, account, { preferences: await toPreferenceSettings(tx) });
}

export type ConversationChange = Partial<
  Pick<ConversationRecord, 'mutedUntil' | 'pinnedAt' | 'isArchived' | 'isMarkedUnread'>
>;

export async function setConversation(
  { ports, tx, account }: ActionContext,
  conversation: string,
  change: ConversationChange,
): Promise<void> {
  await changeRecord(tx, conversation, (record) => ({
    ...record,
    ...change,
    settingsChangedAt: Math.max(ports.clock.now(), record.settingsChangedAt + 1),
  }));
  const settings = toConversationSettings(await getRecord(tx, conversation));
  await enqueueSettings(ports, tx, account, { conversations: [settings] });
}

/** Stays on this device. */
export async function setDraft(tx: StorageTransaction, conversation: string, draft: Draft | undefined): Promise<void> {
  await changeRecord(tx, conversation, (record) => ({
    ...omit(record, 'draft'),
    ...(draft === undefined ? {} : { draft }),
  }));
}

/** The safety number was compared and is the same, or is not to count as compared.
 * @throws ClientError UNKNOWN_MEMBER, NO_PROFILE */
export async function setVerified(context: ActionContext, accountId: AccountId, isVerified: boolean): Promise<void> {
  const entry = await getMember(context.tx, accountId);
  if (entry === undefined) throw new ClientError('UNKNOWN_MEMBER');
  if (entry.profile === undefined) throw new ClientError('NO_PROFILE');
  const { isBlocked } = await getMemberSettings(context.tx, accountId);
  const { identityKey } = entry.profile;
  await setMember(context, accountId, isVerified ? { isBlocked, verifiedIdentityKey: identityKey } : { isBlocked });
}

/** Their messages are dropped from now on, without their learning of it; nor can they be written to. */
export async function setBlocked(context: ActionContext, accountId: AccountId, isBlocked: boolean): Promise<void> {
  if (accountId === context.account.accountId) throw new ClientError('NOT_ALLOWED', 'Nobody can block themselves.');
  const settings = omit(await getMemberSettings(context.tx, accountId), 'changedAt');
  await setMember(context, accountId, { ...settings, isBlocked });
}

async function setMember(
  { ports, tx, account }: ActionContext,
  accountId: AccountId,
  settings: { readonly isBlocked: boolean; readonly verifiedIdentityKey?: Uint8Array },
): Promise<void> {
  const now = ports.clock.now();
  const changedAt = Math.max(now, (await getMemberSettings(tx, accountId)).changedAt + 1);
  const changed = await changeMember(tx, accountId, { ...settings, changedAt }, now);
  await enqueueSettings(ports, tx, account, { members: [toSyncedMember(accountId, changed)] });
}
