/** The conversations as a list shows them. */
import type { AccountId } from '../../wire/ids.ts';
import { findGroup, type Group } from '../groups/group.ts';
import type { StorageTransaction } from '../ports.ts';
import { isGroup } from './conversation-id.ts';
import { getRecord, listRecords, type ConversationRecord, type Draft } from './conversation-record.ts';
import { getMessage, type StoredMessage } from './history.ts';

export interface Conversation {
  /** The other member's AccountId, one's own, or `group:` and the group id in hex. */
  readonly id: string;
  /** `self`: notes to oneself. */
  readonly kind: 'direct' | 'group' | 'self';
  /** The newest entry of the timeline, of either kind. */
  readonly last?: StoredMessage;
  /** When something last happened in it, milliseconds since 1970. */
  readonly lastAt: number;
  readonly messageCount: number;
  readonly unreadCount: number;
  readonly hasUnreadMention: boolean;
  readonly isMarkedUnread: boolean;
  readonly draft?: Draft;
  /** Milliseconds since 1970; 0 when it is not muted. */
  readonly mutedUntil: number;
  readonly isPinned: boolean;
  readonly isArchived: boolean;
  /** For messages that are written from now on; 0: they stay. */
  readonly expireTimerSeconds: number;
  /** Present for groups that this device knows. */
  readonly group?: Group;
  /** Whether a list shows it: there is something in it, or begun. */
  readonly isListed: boolean;
}

/** Pinned ones first, in the order of pinning; then those with the newest events. */
export async function listConversations(tx: StorageTransaction, self: AccountId): Promise<Conversation[]> {
  const records = (await listRecords(tx)).filter(isListed).sort(compareRecords);
  const conversations: Conversation[] = [];
  for (const record of records) conversations.push(await toConversation(tx, record, self));
  return conversations;
}

export async function getConversation(tx: StorageTransaction, id: string, self: AccountId): Promise<Conversation> {
  return toConversation(tx, await getRecord(tx, id), self);
}

const isListed = ({ messageCount, draft, pinnedAt }: ConversationRecord): boolean =>
  messageCount > 0 || draft !== undefined || pinnedAt > 0;

function compareRecords(a: ConversationRecord, b: ConversationRecord): number {
  if (a.pinnedAt > 0 && b.pinnedAt > 0) return a.pinnedAt - b.pinnedAt;
  if (a.pinnedAt > 0 || b.pinnedAt > 0) return b.pinnedAt - a.pinnedAt;
  return b.lastAt - a.lastAt;
}

async function toConversation(
  tx: StorageTransaction,
  record: ConversationRecord,
  self: AccountId,
): Promise<Conversation> {
  const { id, lastKey, lastAt, messageCount, unreadCount, isMarkedUnread, draft } = record;
  const { mutedUntil, isArchived, expireTimerSeconds } = record;
  const last = lastKey === undefined ? undefined : await getMessage(tx, lastKey);
  const group = isGroup(id) ? await findGroup(tx, id, self) : undefined;
  return {
    id,
    ...(group === undefined ? {} : { group }),
    kind: isGroup(id) ? 'group' : id === self ? 'self' : 'direct',
    ...(last === undefined ? {} : { last }),
    ...(draft === undefined ? {} : { draft }),
    ...{ lastAt, messageCount, unreadCount, isMarkedUnread, mutedUntil, isArchived, expireTimerSeconds },
    hasUnreadMention: record.unreadMentions > 0,
    isPinned: record.pinnedAt > 0,
    isListed: isListed(record),
  };
}
