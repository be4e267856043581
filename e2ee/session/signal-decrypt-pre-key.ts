// Decrypts a message that begins a session, and with it begins the session.
import { inAsyncOperation, invalidMessage, untrustedIdentity } from '../errors.ts';
import { PRE_KYBER_VERSION } from '../messages/message-version.ts';
import type { PreKeySignalMessage } from '../messages/pre-key-signal-message.ts';
import type { Bytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import type { ProtocolAddress } from '../protocol-address.ts';
import {
  Direction,
  type IdentityKeyStore,
  type KyberPreKeyStore,
  type PreKeyStore,
  type SessionStore,
  type SignedPreKeyStore,
} from '../stores.ts';
import { beginAsResponder } from './begin-session.ts';
import { EMPTY_RECORD, promoteMatching, promoteNew } from './record-transitions.ts';
import { SessionRecord } from './session-record.ts';
import type { Peers, SessionState } from './session-state.ts';
import { decryptWithCurrentSession } from './trial-decryption.ts';

export function signalDecryptPreKey(
  message: PreKeySignalMessage,
  address: ProtocolAddress,
  localAddress: ProtocolAddress,
  sessionStore: SessionStore,
  identityStore: IdentityKeyStore,
  prekeyStore: PreKeyStore,
  signedPrekeyStore: SignedPreKeyStore,
  kyberPrekeyStore: KyberPreKeyStore,
  random: RandomSource = systemRandom,
): Promise<Bytes> {
  const stores = { identityStore, prekeyStore, signedPrekeyStore, kyberPrekeyStore };
  return inAsyncOperation('SessionCipher_DecryptPreKeySignalMessage', async () => {
    const stored = (await sessionStore.getSession(address))?.snapshot() ?? EMPTY_RECORD;
    if (!(await identityStore.isTrustedIdentity(address, message.identityKey(), Direction.Receiving))) {
      throw untrustedIdentity(address);
    }
    const peers = { local: localAddress, remote: address };
    const known = promoteMatching(stored, message.version(), message.baseKey());
    const begun = known ?? promoteNew(stored, await beginFromMessage(message, peers, stores));
    const { record, plaintext } = await decryptWithCurrentSession(begun, peers, message.message(), random);
    // Only now does any store change, the session last: if one of them fails, the sender's next message begins it anew.
    await identityStore.saveIdentity(address, message.identityKey());
    if (known === null) await consumePreKeys(message, stores);
    await sessionStore.saveSession(address, SessionRecord.of(record));
    return plaintext;
  });
}

interface KeyStores {
  readonly identityStore: IdentityKeyStore;
  readonly prekeyStore: PreKeyStore;
  readonly signedPrekeyStore: SignedPreKeyStore;
  readonly kyberPrekeyStore: KyberPreKeyStore;
}

async function beginFromMessage(message: PreKeySignalMessage, peers: Peers, stores: KeyStores): Promise<SessionState> {
  if (message.version() === PRE_KYBER_VERSION) throw invalidMessage('PreKey', 'X3DH no longer supported');
  const kyber = message.kyberPayload();
  if (kyber === null) throw invalidMessage('PreKey', 'missing pq pre-key ID');
  const signedPreKey = await stores.signedPrekeyStore.getSignedPreKey(message.signedPreKeyId());
  const kyberPreKey = await stores.kyberPrekeyStore.getKyberPreKey(kyber.preKeyId);
  const preKeyId = message.preKeyId();
  const oneTimePreKey = preKeyId === null ? null : await stores.prekeyStore.getPreKey(preKeyId);
  const identity = await stores.identityStore.getIdentityKeyPair();
  const own = { identity, registrationId: await stores.identityStore.getLocalRegistrationId() };
  return beginAsResponder(message, kyber, { signedPreKey, oneTimePreKey, kyberPreKey }, own, peers);
}

async function consumePreKeys(message: PreKeySignalMessage, stores: KeyStores): Promise<void> {
  const kyber = message.kyberPayload();
  if (kyber !== null) {
    await stores.kyberPrekeyStore.markKyberPreKeyUsed(kyber.preKeyId, message.signedPreKeyId(), message.baseKey());
  }
  const preKeyId = message.preKeyId();
  if (preKeyId !== null) await stores.prekeyStore.removePreKey(preKeyId);
}
