/** What is kept about a conversation besides its messages. The numbers in it are kept up to date with every change, so
 * that a list of conversations reads no messages but the last ones. */
import type { StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';
import { appendJournal } from './journal.ts';
import type { TextRange } from './text-range.ts';

export interface Draft {
  readonly text: string;
  readonly ranges?: readonly TextRange[];
  /** History key of the message that is answered. */
  readonly quoteOf?: string;
  /** History key of the message that is being edited. */
  readonly editOf?: string;
}

export interface ConversationRecord {
  readonly id: string;
  /** History key of the newest message. */
  readonly lastKey?: string;
  /** When something happened that moves it up the list; 0 when nothing has. */
  readonly lastAt: number;
  readonly messageCount: number;
  readonly unreadCount: number;
  readonly unreadMentions: number;
  readonly draft?: Draft;
  /** Milliseconds since 1970; 0 when it is not muted. */
  readonly mutedUntil: number;
  /** 0 when it is not pinned. */
  readonly pinnedAt: number;
  readonly isArchived: boolean;
  readonly isMarkedUnread: boolean;
  /** Of what own devices tell each other: mute, pin, archive, unread mark. */
  readonly settingsChangedAt: number;
  readonly expireTimerSeconds: number;
  readonly expireTimerVersion: number;
  readonly expireTimerSetAt: number;
}

const records = defineTable<ConversationRecord>('conversations');

export async function getRecord(tx: StorageTransaction, id: string): Promise<ConversationRecord> {
  return (await records.get(tx, id)) ?? emptyRecord(id);
}

export async function listRecords(tx: StorageTransaction): Promise<ConversationRecord[]> {
  return (await records.list(tx)).map(({ value }) => value);
}

export async function changeRecord(
  tx: StorageTransaction,
  id: string,
  change: (record: ConversationRecord) => ConversationRecord,
): Promise<void> {
  await records.put(tx, id, change(await getRecord(tx, id)));
  await appendJournal(tx, { type: 'conversation', conversation: id });
}

function emptyRecord(id: string): ConversationRecord {
  const counts = { messageCount: 0, unreadCount: 0, unreadMentions: 0 };
  const settings = { mutedUntil: 0, pinnedAt: 0, isArchived: false, isMarkedUnread: false, settingsChangedAt: 0 };
  const timer = { expireTimerSeconds: 0, expireTimerVersion: 0, expireTimerSetAt: 0 };
  return { id, lastAt: 0, ...counts, ...settings, ...timer };
}
