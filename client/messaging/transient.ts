/** What is worth nothing later: typing, for the devices that are connected now; the signalling of a call, for those that are
 * there while it rings. Sent once, and not kept at the sender. */
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

export interface TransientOptions {
  readonly context?: ContentContext;
  /** How long it may wait at the relay; 0 or absent: not at all. */
  readonly ttlSeconds?: number;
}

/** Whether the relay has taken it. */
export async function sendTransient(
  builder: SessionBuilder,
  connection: Connection | undefined,
  recipient: AccountId,
  body: ContentBody,
  { context = {}, ttlSeconds = 0 }: TransientOptions,
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
      isEphemeral: ttlSeconds === 0,
      ttlSeconds,
      isCall: body.$case === 'call' && body.value.body?.$case === 'offer',
      beforeSending: async () => ({ payload: { kind: 'content', bytes, hint: CONTENT_HINT.IMPLICIT }, resend: false }),
    });
    return outcome === 'accepted';
  } catch (error) {
    if (isUnreachable(error)) return false;
    throw error;
  }
}
