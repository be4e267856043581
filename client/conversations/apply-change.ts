/** Edits, deletions and reactions: what they do to a message that is there. */
import { encodeHex } from '../../wire/encoding.ts';
import type { DeleteMessage, EditMessage, ReactionMessage } from '../../wire/generated/content.ts';
import { accountIdFromBytes, type AccountId } from '../../wire/ids.ts';
import { MESSAGE_ID_BYTES } from '../../wire/limits.ts';
import { omit } from '../omit.ts';
import type { StorageTransaction } from '../ports.ts';
import type { Arrival } from './apply-content.ts';
import { conversationOf } from './conversation-id.ts';
import type { MissingTarget } from './early.ts';
import { findMessage, updateMessage, type StoredMessage } from './history.ts';
import { DELETE_WINDOW_MS, EDIT_WINDOW_MS, isReactionEmoji, MAX_EDITS, WINDOW_SLACK_MS } from './limits.ts';
import { forgetCopies } from './remove-message.ts';
import { toTextFields } from './text-fields.ts';

/** Gives the target when it is not there yet. */
type Outcome = Promise<MissingTarget | undefined>;
const done: MissingTarget | undefined = undefined;

export async function applyEdit(tx: StorageTransaction, arrival: Arrival, edit: EditMessage): Outcome {
  const found = await findTarget(tx, arrival, arrival.author, edit.targetMessageId);
  if (!('target' in found)) return found.missing;
  const { target } = found;
  const { timestamp } = arrival.content;
  const edits = target.edits ?? [];
  if (edit.text === undefined || !isChangeable(arrival, target, EDIT_WINDOW_MS) || edits.length >= MAX_EDITS)
    return done;
  // An older edit that comes late is overtaken.
  if (target.editedAt !== undefined && target.editedAt >= timestamp) return done;
  const { conversation } = target;
  const { text, ranges, isMention } = await toTextFields(tx, edit.text, { conversation, self: arrival.self });
  const oldRanges = target.ranges;
  const before = {
    text: target.text,
    ...(oldRanges === undefined ? {} : { ranges: oldRanges }),
    timestamp: target.editedAt ?? target.timestamp,
  };
  await updateMessage(
    tx,
    {
      ...omit(target, 'ranges', 'isMention'),
      text,
      ...(ranges === undefined ? {} : { ranges }),
      ...(isMention === undefined ? {} : { isMention }),
      edits: [...edits, before],
      editedAt: timestamp,
    },
    'changed',
  );
  return done;
}

export async function applyDelete(
  tx: StorageTransaction,
  arrival: Arrival,
  { targetMessageId }: DeleteMessage,
): Outcome {
  const found = await findTarget(tx, arrival, arrival.author, targetMessageId);
  if (!('target' in found)) return found.missing;
  if (!isChangeable(arrival, found.target, DELETE_WINDOW_MS)) return done;
  await updateMessage(tx, toDeleted(found.target), 'changed');
  await forgetCopies(tx, found.target.historyKey);
  return done;
}

/** Nothing is left of what it said, and of what was said to it. */
function toDeleted(message: StoredMessage): StoredMessage {
  const said = ['ranges', 'quote', 'attachments', 'previews', 'edits', 'editedAt', 'isMention'] as const;
  const bare = omit(message, ...said, 'reactions', 'reactionTimes');
  return { ...bare, text: '', content: new Uint8Array(), isDeleted: true };
}

export async function applyReaction(tx: StorageTransaction, arrival: Arrival, reaction: ReactionMessage): Outcome {
  if (reaction.target?.author.length !== 16) return done;
  if (!reaction.remove && !isReactionEmoji(reaction.emoji)) return done;
  const author = accountIdFromBytes(reaction.target.author);
  const found = await findTarget(tx, arrival, author, reaction.target.messageId);
  if (!('target' in found)) return found.missing;
  const { target } = found;
  const { timestamp } = arrival.content;
  if (target.isDeleted === true || (target.reactionTimes?.[arrival.author] ?? 0) > timestamp) return done;
  const others = Object.entries(target.reactions ?? {}).filter(([member]) => member !== arrival.author);
  const own: [string, string][] = reaction.remove ? [] : [[arrival.author, reaction.emoji]];
  const reactions = Object.fromEntries([...others, ...own]);
  const reactionTimes = { ...target.reactionTimes, [arrival.author]: timestamp };
  await updateMessage(tx, { ...target, reactions, reactionTimes }, 'changed');
  return done;
}

/** Only a member of the conversation may touch what is in it. */
async function findTarget(
  tx: StorageTransaction,
  arrival: Arrival,
  author: AccountId,
  messageId: Uint8Array,
): Promise<{ target: StoredMessage } | { missing: MissingTarget | undefined }> {
  if (messageId.length !== MESSAGE_ID_BYTES) return { missing: undefined };
  const target = await findMessage(tx, author, encodeHex(messageId));
  if (target === undefined) return { missing: { author, messageId } };
  const isHere = target.conversation === conversationOf(arrival.content, arrival.peer) && target.kind === 'text';
  return isHere ? { target } : { missing: undefined };
}

/** Both times by the relay's clock, where it has one: an author could claim any time. */
function isChangeable(arrival: Arrival, target: StoredMessage, windowMs: number): boolean {
  if (target.isDeleted === true) return false;
  if (target.conversation === arrival.self) return true;
  const changedAt = arrival.serverTimestamp ?? arrival.content.timestamp;
  return changedAt - (target.serverTimestamp ?? target.timestamp) <= windowMs + WINDOW_SLACK_MS;
}
