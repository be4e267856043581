import type { AccountId } from '../../wire/ids.ts';
import type { ActionContext } from '../messaging/message-actions.ts';
import { callNoticeId } from './apply-missed-call.ts';
import type { StoredMessage } from './history.ts';
import { insertNotice } from './insert-notice.ts';
import type { Notice } from './notice.ts';

export type EndedCall = Omit<Extract<Notice, { type: 'call' }>, 'type'>;

/** An entry in the timeline for a call that has ended. The same call is entered once. */
export function recordCall(
  { ports, tx, account }: ActionContext,
  conversation: string,
  call: EndedCall,
): Promise<StoredMessage | undefined> {
  const now = ports.clock.now();
  const isIncoming = call.direction === 'incoming';
  return insertNotice(
    tx,
    conversation,
    { type: 'call', ...call },
    {
      id: callNoticeId(call.callId),
      author: isIncoming ? (conversation as AccountId) : account.accountId,
      authorDevice: 0,
      direction: call.direction,
      timestamp: now,
      receivedAt: now,
      isNew: isIncoming && call.isMissed,
    },
  );
}
