/** The timer of disappearing messages in a conversation of two: the newest setting holds on both sides. */
import type { ExpireTimerUpdate } from '../../wire/generated/content.ts';
import type { StorageTransaction } from '../ports.ts';
import type { Arrival } from './apply-content.ts';
import { changeRecord, getRecord, type ConversationRecord } from './conversation-record.ts';
import { messageIdOf } from './history.ts';
import { insertNotice } from './insert-notice.ts';
import { clampExpireTimer } from './limits.ts';

export async function applyExpireTimer(
  tx: StorageTransaction,
  { self, author, authorDevice, peer, content, receivedAt }: Arrival,
  update: ExpireTimerUpdate,
): Promise<void> {
  // A group's timer is part of its state.
  if (content.group !== undefined) return;
  const record = await getRecord(tx, peer);
  const expireTimerSeconds = clampExpireTimer(update.expireTimerSeconds);
  if (!isNewer(update.version, content.timestamp, expireTimerSeconds, record)) return;
  const timer = { expireTimerSeconds, expireTimerVersion: update.version, expireTimerSetAt: content.timestamp };
  await changeRecord(tx, peer, (known) => ({ ...known, ...timer }));
  if (expireTimerSeconds === record.expireTimerSeconds) return;
  await insertNotice(
    tx,
    peer,
    { type: 'expire-timer', by: author, expireTimerSeconds },
    {
      id: messageIdOf(content),
      author,
      authorDevice,
      direction: author === self ? 'outgoing' : 'incoming',
      timestamp: content.timestamp,
      receivedAt,
    },
  );
}

/** The same on both sides, whichever comes first: of two settings in the same millisecond the shorter one. */
function isNewer(version: number, timestamp: number, seconds: number, record: ConversationRecord): boolean {
  if (version !== record.expireTimerVersion) return version > record.expireTimerVersion;
  if (timestamp !== record.expireTimerSetAt) return timestamp > record.expireTimerSetAt;
  return seconds < record.expireTimerSeconds;
}
