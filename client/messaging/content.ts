/** Builds Content, and says what each kind of it asks of a client. */
import {
  Content,
  type Attachment,
  type GroupContext,
  type LinkPreview,
  type TextMessage,
} from '../../wire/generated/content.ts';
import { accountIdToBytes, type AccountId } from '../../wire/ids.ts';
import { decodeHex } from '../../wire/encoding.ts';
import { MESSAGE_ID_BYTES } from '../../wire/limits.ts';
import { MAX_ATTACHMENTS, MAX_PREVIEWS, MAX_QUOTE_UNITS } from '../conversations/limits.ts';
import { toBodyRanges, type TextRange } from '../conversations/text-range.ts';
import type { RandomPort } from '../ports.ts';

export type ContentBody = NonNullable<Content['body']>;
export type ContentKind = ContentBody['$case'];

export interface TextOptions {
  /** Mentions and styles. */
  readonly ranges?: readonly TextRange[];
  /** The message that is answered: its author, its id in hex, and its text, of which the start is copied. */
  readonly quote?: { readonly author: AccountId; readonly id: string; readonly text: string };
  readonly attachments?: readonly Attachment[];
  readonly previews?: readonly LinkPreview[];
  /** It was the draft of the conversation, which is gone then. */
  readonly isDraft?: boolean;
}

export interface ContentContext {
  readonly group?: GroupContext;
  readonly expireTimerSeconds?: number;
}

export function makeMessageId(random: RandomPort): Uint8Array {
  return random.bytes(MESSAGE_ID_BYTES);
}

export function buildContent(
  messageId: Uint8Array,
  timestamp: number,
  body: ContentBody,
  { group, expireTimerSeconds = 0 }: ContentContext = {},
): Content {
  return { messageId, timestamp, group, expireTimerSeconds, body, senderKeyDistribution: new Uint8Array() };
}

export function textBody(text: string, options: TextOptions = {}): ContentBody & { readonly $case: 'text' } {
  return { $case: 'text', value: textMessage(text, options) };
}

export function textMessage(
  text: string,
  { ranges = [], quote, attachments = [], previews = [] }: TextOptions = {},
): TextMessage {
  return {
    body: text,
    ranges: toBodyRanges(ranges),
    quote:
      quote === undefined
        ? undefined
        : {
            message: { author: accountIdToBytes(quote.author), messageId: decodeHex(quote.id) },
            body: quote.text.slice(0, MAX_QUOTE_UNITS),
          },
    attachments: attachments.slice(0, MAX_ATTACHMENTS),
    previews: previews.slice(0, MAX_PREVIEWS),
  };
}

export function encodeContent(content: Content): Uint8Array {
  return Content.encode(content).finish();
}

const CONVERSATIONAL = ['text', 'reaction', 'edit', 'delete', 'expireTimerUpdate', 'groupUpdate'] as const;

/** What people do and see: it is stored, and synced to one's own devices. */
export function isConversational(kind: ContentKind): kind is (typeof CONVERSATIONAL)[number] {
  return CONVERSATIONAL.some((known) => known === kind);
}

/** Whether its author is told that it has arrived. */
export function isReceipted(kind: ContentKind): boolean {
  return kind === 'text' || kind === 'reaction' || kind === 'edit' || kind === 'delete';
}

/** Whether a push may wake the recipient. */
export function isUrgent(kind: ContentKind): boolean {
  return kind === 'text' || kind === 'call' || kind === 'reaction';
}
