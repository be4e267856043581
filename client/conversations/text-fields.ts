/** From a TextMessage to the fields that a UI shows, with whatever does not fit left out: it comes from others. */
import { encodeHex } from '../../wire/encoding.ts';
import type { Attachment, LinkPreview, Quote, TextMessage } from '../../wire/generated/content.ts';
import { accountIdFromBytes, type AccountId } from '../../wire/ids.ts';
import { MESSAGE_ID_BYTES } from '../../wire/limits.ts';
import type { StorageTransaction } from '../ports.ts';
import { findMessage, type StoredQuote } from './history.ts';
import { MAX_ATTACHMENTS, MAX_PREVIEWS, MAX_QUOTE_UNITS } from './limits.ts';
import { fromBodyRanges, type TextRange } from './text-range.ts';

export interface TextFields {
  readonly text: string;
  readonly ranges?: readonly TextRange[];
  readonly quote?: StoredQuote;
  readonly attachments?: readonly Attachment[];
  readonly previews?: readonly LinkPreview[];
  readonly isMention?: boolean;
}

export async function toTextFields(
  tx: StorageTransaction,
  { body, ranges, quote, attachments, previews }: TextMessage,
  { conversation, self }: { readonly conversation: string; readonly self: AccountId },
): Promise<TextFields> {
  const known = fromBodyRanges(ranges, body);
  const quoted = quote === undefined ? undefined : await toQuote(tx, quote, conversation);
  const isMention = known.some(({ mention }) => mention === self);
  return {
    text: body,
    ...(known.length > 0 ? { ranges: known } : {}),
    ...(quoted === undefined ? {} : { quote: quoted }),
    ...(attachments.length > 0 ? { attachments: attachments.slice(0, MAX_ATTACHMENTS) } : {}),
    ...(previews.length > 0 ? { previews: previews.slice(0, MAX_PREVIEWS) } : {}),
    ...(isMention ? { isMention } : {}),
  };
}

/** If the quoted message is here, its own text counts: nobody can put words into another's mouth. */
async function toQuote(tx: StorageTransaction, quote: Quote, conversation: string): Promise<StoredQuote | undefined> {
  const { author = new Uint8Array(), messageId = new Uint8Array() } = quote.message ?? {};
  if (author.length !== 16 || messageId.length !== MESSAGE_ID_BYTES) return undefined;
  const reference = { author: accountIdFromBytes(author), id: encodeHex(messageId) };
  const original = await findMessage(tx, reference.author, reference.id);
  if (original?.conversation !== conversation) return { ...reference, text: quote.body.slice(0, MAX_QUOTE_UNITS) };
  // Edited since, or deleted: then the copy is all there is, if it is a version that was.
  const versions = [original.text, ...(original.edits ?? []).map(({ text }) => text)];
  const isGenuine = versions.some((version) => version.slice(0, MAX_QUOTE_UNITS) === quote.body);
  const text = isGenuine ? quote.body : original.text.slice(0, MAX_QUOTE_UNITS);
  return { ...reference, text, historyKey: original.historyKey };
}
