// Decrypts a message of a running session.
import { inAsyncOperation, invalidSession, sessionNotFound, untrustedIdentity } from '../errors.ts';
import type { SignalMessage } from '../messages/signal-message.ts';
import type { Bytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import type { ProtocolAddress } from '../protocol-address.ts';
import { Direction, type IdentityKeyStore, type SessionStore } from '../stores.ts';
import { SessionRecord } from './session-record.ts';
import { decryptWithAnySession } from './trial-decryption.ts';

export function signalDecrypt(
  message: SignalMessage,
  address: ProtocolAddress,
  localAddress: ProtocolAddress,
  sessionStore: SessionStore,
  identityStore: IdentityKeyStore,
  random: RandomSource = systemRandom,
): Promise<Bytes> {
  return inAsyncOperation('SessionCipher_DecryptSignalMessage', async () => {
    const stored = await sessionStore.getSession(address);
    if (stored === null) throw sessionNotFound(address, 'message_decrypt_signal');
    const peers = { local: localAddress, remote: address };
    const { record, plaintext } = await decryptWithAnySession(stored.snapshot(), peers, message, random);
    const identity = record.current?.remoteIdentity;
    if (identity === undefined) throw invalidSession('missing remote identity key');
    if (!(await identityStore.isTrustedIdentity(address, identity, Direction.Receiving))) {
      throw untrustedIdentity(address);
    }
    await identityStore.saveIdentity(address, identity);
    await sessionStore.saveSession(address, SessionRecord.of(record));
    return plaintext;
  });
}
