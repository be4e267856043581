/** Looks whether an envelope that waits for its sender's new key to be accepted is a call: nobody can be told on the next day that
 * it rings. Nothing of it is kept: the same envelope is read again once the key is accepted. */
import type { CallMessage } from '../../wire/generated/content.ts';
import type { Envelope } from '../../wire/generated/frames.ts';
import type { Account } from '../account/account-record.ts';
import { judgeByProfile } from '../directory/trust.ts';
import type { ClientPorts } from '../ports.ts';
import type { KnownCertificates } from './known-certificates.ts';
import { openEnvelope, UnreadableMessage, type Opened, type Sender } from './open-envelope.ts';

/** Undoes the transaction; never leaves this file. */
class Peeked extends Error {
  readonly opened: Opened;

  constructor(opened: Opened) {
    super('peeked');
    this.opened = opened;
  }
}

/** Undefined for everything but the begin and the end of a call, from a member for whose key the team vouches. */
export async function peekCall(
  ports: Pick<ClientPorts, 'signal' | 'storage'>,
  account: Account,
  certificates: KnownCertificates,
  envelope: Envelope,
): Promise<{ readonly sender: Sender; readonly call: CallMessage } | undefined> {
  const opened = await ports.storage
    .transaction(async (tx): Promise<Opened> => {
      throw new Peeked(await openEnvelope(ports.signal, tx, account, certificates, envelope, judgeByProfile));
    })
    .catch((error: unknown) => {
      if (error instanceof Peeked) return error.opened;
      if (error instanceof UnreadableMessage) return undefined;
      throw error;
    });
  if (opened?.kind !== 'content' || opened.isBlocked || opened.content.body?.$case !== 'call') return undefined;
  const call = opened.content.body.value;
  const isTold = call.body?.$case === 'offer' || call.body?.$case === 'hangup';
  return isTold ? { sender: opened.sender, call } : undefined;
}
