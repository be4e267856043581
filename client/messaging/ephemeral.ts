/** Typing and call signalling: to the devices that are connected now, and nowhere kept. */
import type { AccountId } from '../../wire/ids.ts';
import { isUnreachable } from '../errors.ts';
import { nextTimestamp } from '../storage/counters.ts';
import type { Connection } from '../transport/connection.ts';
import {
  buildContent,
  encodeContent,
  isUrgent,
  makeMessageId,
  type ContentBody,
  type ContentContext,
} from './content.ts';
import { CONTENT_HINT } from './encrypt.ts';
import type { SessionBuilder } from './session-builder.ts';
import { transmit } from './transmit.ts';

/** Whether the relay has taken it. */
export async function sendEphemeral(
  builder: SessionBuilder,
  connection: Connection | undefined,
  recipient: AccountId,
  body: ContentBody,
  context: ContentContext = {},
): Promise<boolean> {
  if (connection === undefined) return false;
  const { ports } = builder;
  const timestamp = await ports.storage.transaction((tx) => nextTimestamp(tx, ports.clock.now()));
  const messageId = makeMessageId(ports.random);
  const bytes = encodeContent(buildContent(messageId, timestamp, body, context));
  try {
    const outcome = await transmit(builder, connection, {
      recipient,
      messageId,
      timestamp,
      isUrgent: isUrgent(body.$case),
      isEphemeral: true,
      beforeSending: async () => ({ payload: { kind: 'content', bytes, hint: CONTENT_HINT.IMPLICIT }, resend: false }),
    });
    return outcome === 'accepted';
  } catch (error) {
    if (isUnreachable(error)) return false;
    throw error;
  }
}
