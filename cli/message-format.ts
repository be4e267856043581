/** How messages are printed: for people, and for scripts. The fields of the JSON form are documented in docs/cli.md. */
import { isGroup } from '../client/conversations/conversation-id.ts';
import type { StoredMessage } from '../client/conversations/history.ts';
import type { DirectoryEntry } from '../client/directory/directory.ts';
import { toNoticeText } from './notice-text.ts';
import { nameOf } from './resolve-member.ts';
import { toBlock, toJsonLine, toLine } from './terminal-text.ts';

export type Names = ReadonlyMap<string, DirectoryEntry>;

export const namesOf = (members: readonly DirectoryEntry[]): Names =>
  new Map(members.map((entry) => [entry.accountId, entry]));

export function toJsonMessage(message: StoredMessage, names: Names): string {
  const { id, author, authorDevice, conversation, direction, timestamp, receivedAt, text } = message;
  return toJsonLine({
    type: message.kind === 'notice' ? 'notice' : message.isDeleted === true ? 'deleted' : 'text',
    id,
    direction,
    from: author,
    fromName: names.get(author)?.profile?.displayName ?? null,
    fromDevice: authorDevice,
    conversation,
    timestamp,
    receivedAt,
    text,
    ...(message.notice === undefined ? {} : { notice: message.notice }),
    ...(message.editedAt === undefined ? {} : { editedAt: message.editedAt }),
  });
}

/** `2026-11-23 14:05 Ada: text`, in local time. An own message also says to whom it went. */
export function toTextMessage(message: StoredMessage, names: Names): string {
  if (message.notice !== undefined) {
    return `${toLocalMinute(message.timestamp)} * ${toNoticeText(message.notice, names)}`;
  }
  const name = toLine(nameOf(names.get(message.author)));
  const to = isGroup(message.conversation) ? ' (in a group)' : toRecipient(message, names);
  const text = message.isDeleted === true ? '(deleted)' : message.text;
  const edited = message.editedAt === undefined ? '' : ' (edited)';
  return `${toLocalMinute(message.timestamp)} ${name}${to}: ${toBlock(text, '    ')}${edited}`;
}

function toRecipient({ direction, conversation }: StoredMessage, names: Names): string {
  return direction === 'outgoing' ? ` → ${toLine(nameOf(names.get(conversation)))}` : '';
}

export function toLocalMinute(timestamp: number): string {
  const date = new Date(timestamp);
  const two = (value: number): string => value.toString().padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
