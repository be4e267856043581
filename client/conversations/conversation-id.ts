/** How conversations are called on this device: the other member's AccountId, one's own for notes to oneself, or `group:`
 * and the group id in hex. */
import { decodeHex, encodeHex } from '../../wire/encoding.ts';
import type { Content, ConversationReference } from '../../wire/generated/content.ts';
import { accountIdFromBytes, accountIdToBytes, isAccountId, type AccountId } from '../../wire/ids.ts';
import { ClientError } from '../errors.ts';

export const GROUP_ID_BYTES = 16;
const GROUP_PREFIX = 'group:';

export const isGroup = (conversation: string): boolean => conversation.startsWith(GROUP_PREFIX);

export const groupConversation = (groupId: Uint8Array): string => GROUP_PREFIX + encodeHex(groupId);

/** @throws ClientError NO_SUCH_CONVERSATION */
export function groupIdOf(conversation: string): Uint8Array {
  if (!/^group:[0-9a-f]{32}$/.test(conversation)) throw new ClientError('NO_SUCH_CONVERSATION');
  return decodeHex(conversation.slice(GROUP_PREFIX.length));
}

/** @throws ClientError NO_SUCH_CONVERSATION for anything but a conversation of two. */
export function peerOf(conversation: string): AccountId {
  if (!isAccountId(conversation)) throw new ClientError('NO_SUCH_CONVERSATION');
  return conversation;
}

/** The conversation that a Content between this account and `peer` belongs to. */
export function conversationOf(content: Content, peer: string): string {
  return content.group === undefined ? peer : groupConversation(content.group.groupId);
}

export function toReference(conversation: string): ConversationReference {
  if (isGroup(conversation)) return { accountId: new Uint8Array(), groupId: groupIdOf(conversation) };
  return { accountId: accountIdToBytes(peerOf(conversation)), groupId: new Uint8Array() };
}

/** Undefined when it names nothing. */
export function fromReference(reference: ConversationReference | undefined): string | undefined {
  if (reference?.groupId.length === GROUP_ID_BYTES) return groupConversation(reference.groupId);
  return reference?.accountId.length === 16 ? accountIdFromBytes(reference.accountId) : undefined;
}
