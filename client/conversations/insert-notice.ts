/** Puts notices into the timeline. */
import type { AccountId } from '../../wire/ids.ts';
import type { StorageTransaction } from '../ports.ts';
import { insertMessage, type StoredMessage } from './history.ts';
import type { Notice } from './notice.ts';

export interface NoticeOrigin {
  readonly author: AccountId;
  readonly authorDevice: number;
  readonly direction: 'incoming' | 'outgoing';
  readonly timestamp: number;
  readonly receivedAt: number;
  /** Hex. Of the message that brought it; absent for what this device noticed by itself. */
  readonly id?: string;
  readonly content?: Uint8Array;
  /** Counts as unread. */
  readonly isNew?: boolean;
}

/** Undefined when it is there already. */
export function insertNotice(
  tx: StorageTransaction,
  conversation: string,
  notice: Notice,
  origin: NoticeOrigin,
): Promise<StoredMessage | undefined> {
  const { id, content, isNew = false, ...rest } = origin;
  const fields = { kind: 'notice' as const, notice, text: '', status: 'received' as const };
  return insertMessage(
    tx,
    {
      ...rest,
      ...fields,
      conversation,
      id: id ?? `${notice.type}-${origin.timestamp}-${conversation}`,
      content: content ?? new Uint8Array(),
    },
    isNew,
  );
}

/** What this device has noticed: it has no author but the one whom it is about. */
export async function noteLocally(
  tx: StorageTransaction,
  conversations: readonly string[],
  notice: Notice,
  author: AccountId,
  now: number,
): Promise<void> {
  const origin = { author, authorDevice: 0, direction: 'incoming' as const, timestamp: now, receivedAt: now };
  for (const conversation of conversations) await insertNotice(tx, conversation, notice, origin);
}
