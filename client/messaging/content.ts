/** Builds Content, and says what each kind of it asks of a client. */
import { Content, type TextMessage } from '../../wire/generated/content.ts';
import { MESSAGE_ID_BYTES } from '../../wire/limits.ts';
import type { RandomPort } from '../ports.ts';

export type ContentBody = NonNullable<Content['body']>;
export type ContentKind = ContentBody['$case'];

export function makeMessageId(random: RandomPort): Uint8Array {
  return random.bytes(MESSAGE_ID_BYTES);
}

export function buildContent(messageId: Uint8Array, timestamp: number, body: ContentBody): Content {
  return {
    messageId,
    timestamp,
    group: undefined,
    expireTimerSeconds: 0,
    body,
    senderKeyDistribution: new Uint8Array(),
  };
}

export function textBody(text: string): ContentBody {
  const value: TextMessage = { body: text, ranges: [], quote: undefined, attachments: [], previews: [] };
  return { $case: 'text', value };
}

export function encodeContent(content: Content): Uint8Array {
  return Content.encode(content).finish();
}

/** What people write and see: it is stored, receipted, and synced to one's own devices. */
export function isConversational(kind: ContentKind): kind is 'text' | 'reaction' | 'edit' | 'delete' {
  return kind === 'text' || kind === 'reaction' || kind === 'edit' || kind === 'delete';
}

/** Whether a push may wake the recipient. */
export function isUrgent(kind: ContentKind): boolean {
  return kind === 'text' || kind === 'call' || kind === 'reaction';
}
