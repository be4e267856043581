/** What a client tells whoever uses it. */
import type { CallMessage } from '../wire/generated/content.ts';
import type { AccountId } from '../wire/ids.ts';
import type { StoredMessage } from './conversations/history.ts';
import type { ConnectionState } from './transport/connection-keeper.ts';

export interface ClientEvents {
  /** A message is in the history: received, or written on this or another own device. */
  message: StoredMessage;
  /** An own message was sent, delivered, read, or failed. */
  status: StoredMessage;
  /** A message was edited, deleted or reacted to. */
  changed: StoredMessage;
  typing: { readonly from: AccountId; readonly fromDevice: number; readonly isStarted: boolean };
  call: { readonly from: AccountId; readonly fromDevice: number; readonly call: CallMessage };
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
  error: { readonly error: unknown };
}
