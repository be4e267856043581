/** From messages to what a timeline shows: days, the mark where new messages begin, and messages that stand together. */
import type { StoredMessage } from '../../client/conversations/history.ts';

export interface MessageItem {
  readonly type: 'message';
  readonly key: string;
  readonly message: StoredMessage;
  /** Of a group of messages by one author. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

export type TimelineItem =
  | { readonly type: 'day'; readonly key: string; readonly at: number }
  | { readonly type: 'unread'; readonly key: string }
  | { readonly type: 'notice'; readonly key: string; readonly message: StoredMessage }
  | MessageItem;

/** Messages by one author that are further apart stand alone. */
const GROUP_MS = 5 * 60_000;

export function toTimelineItems(messages: readonly StoredMessage[], firstUnread?: string): TimelineItem[] {
  const items: TimelineItem[] = [];
  messages.forEach((message, index) => {
    const previous = messages[index - 1];
    const startsDay = previous === undefined || dayOf(previous) !== dayOf(message);
    if (startsDay) items.push({ type: 'day', key: `day ${dayOf(message)}`, at: message.timestamp });
    if (message.historyKey === firstUnread) items.push({ type: 'unread', key: 'unread' });
    const key = message.historyKey;
    if (message.kind === 'notice') items.push({ type: 'notice', key, message });
    else {
      const next = messages[index + 1];
      const isFirst = startsDay || key === firstUnread || !isTogether(previous, message);
      const isLast = next === undefined || next.historyKey === firstUnread || !isTogether(message, next);
      items.push({ type: 'message', key, message, isFirst, isLast });
    }
  });
  return items;
}

function isTogether(a: StoredMessage, b: StoredMessage): boolean {
  if (a.kind !== 'text' || b.kind !== 'text' || a.author !== b.author || dayOf(a) !== dayOf(b)) return false;
  return Math.abs(b.timestamp - a.timestamp) < GROUP_MS;
}

/** In the reader's own time. */
function dayOf({ timestamp }: StoredMessage): string {
  const date = new Date(timestamp);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}
