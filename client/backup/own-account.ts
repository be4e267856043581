/** A history may come from an account that was lost with its devices. What its owner wrote is then this account's. */
import type { AccountId } from '../../wire/ids.ts';
import type { NewMessage } from '../conversations/history.ts';
import type { BackupRecord } from './backup-record.ts';

export function toOwnAccount(record: BackupRecord, from: string, self: AccountId): BackupRecord {
  if (from === self) return record;
  const rename = (id: string): string => (id === from ? self : id);
  if (record.type === 'conversation') {
    return { ...record, conversation: { ...record.conversation, id: rename(record.conversation.id) } };
  }
  return record.type === 'message' ? { ...record, message: renameIn(record.message, rename) } : record;
}

function renameIn(message: NewMessage, rename: (id: string) => string): NewMessage {
  const { author, conversation, quote, reactions } = message;
  return {
    ...message,
    author: rename(author) as AccountId,
    conversation: rename(conversation),
    ...(quote === undefined ? {} : { quote: { ...quote, author: rename(quote.author) as AccountId } }),
    ...(reactions === undefined ? {} : { reactions: renameKeys(reactions, rename) }),
  };
}

const renameKeys = (reactions: Readonly<Record<string, string>>, rename: (id: string) => string) =>
  Object.fromEntries(Object.entries(reactions).map(([member, emoji]) => [rename(member), emoji]));
