/** What a client tells whoever uses it. */
import type { CallMessage } from '../wire/generated/content.ts';
import type { AccountId } from '../wire/ids.ts';
import type { Conversation } from './conversations/conversation-list.ts';
import type { StoredMessage } from './conversations/history.ts';
import type { ConnectionState } from './transport/connection-keeper.ts';

export interface ClientEvents {
  /** A message is in the history: received, or written on this or another own device. */
  message: StoredMessage;
  /** An own message was sent, delivered, read, or failed. */
  status: StoredMessage;
  /** A message was edited, deleted or reacted to. */
  changed: StoredMessage;
  /** A message is gone from this device: deleted here or on another own device, or its time was over. */
  removed: { readonly conversation: string; readonly historyKey: string };
  /** Last message, unread count, draft or settings of a conversation are others now. */
  conversation: Conversation;
  /** Preferences, or what is set about a member: verified, blocked. */
  settings: undefined;
  /** A device of the team has told how calls would go from it. */
  connectionReport: undefined;
  typing: {
    readonly conversation: string;
    readonly from: AccountId;
    readonly fromDevice: number;
    readonly isStarted: boolean;
  };
  call: {
    readonly from: AccountId;
    readonly fromDevice: number;
    readonly call: CallMessage;
    /** The caller shows another identity key than the known one. Nothing can be answered until it is accepted; then this comes
     * again. */
    readonly isIdentityChanged: boolean;
  };
  connection: ConnectionState;
  /** A member shows another identity key than the known one: nothing is sent or read until it is accepted. */
  identityChanged: { readonly accountId: AccountId };
  /** Everything that waited at the relay is stored. */
  queueDrained: undefined;
  /** The server has dropped this device's push address, because its provider calls it dead: register a new one. */
  pushAddressDropped: { readonly reason: string };
  /** An envelope was dropped, because nobody can ever make sense of it. */
  dropped: { readonly reason: string };
  /** A message to this member was refused, or waits for an identity key. */
  refused: { readonly accountId: AccountId; readonly error: Error };
  /** The outbox has changed. */
  outbox: undefined;
  /** The store was cleared, by this program or another one on it: there is no account any more. */
  erased: undefined;
  error: { readonly error: unknown };
}
