/** The caller gave up: what a device hears that was away while it rang, and one that has heard it ring. */
import { encodeHex } from '../../wire/encoding.ts';
import { CallHangupReason, type CallMessage } from '../../wire/generated/content.ts';
import type { StorageTransaction } from '../ports.ts';
import type { Arrival } from './apply-content.ts';
import { insertNotice } from './insert-notice.ts';

/** The entry of one call has the same id whoever makes it, so that there is one. */
export const callNoticeId = (callId: string): string => `call-${callId}`;

export async function applyMissedCall(tx: StorageTransaction, arrival: Arrival, call: CallMessage): Promise<void> {
  const { self, author, authorDevice, content, receivedAt } = arrival;
  if (call.body?.$case !== 'hangup' || author === self) return;
  const { reason, video } = call.body.value;
  if (reason !== CallHangupReason.NO_ANSWER) return;
  const callId = encodeHex(call.callId);
  await insertNotice(
    tx,
    arrival.peer,
    { type: 'call', callId, direction: 'incoming', isVideo: video, isMissed: true },
    {
      id: callNoticeId(callId),
      author,
      authorDevice,
      direction: 'incoming',
      timestamp: content.timestamp,
      receivedAt,
      isNew: true,
    },
  );
}
