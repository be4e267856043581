// Begins a session with a device from what the server hands out of it.
import { failure, inAsyncOperation, untrustedIdentity } from '../errors.ts';
import type { PreKeyBundle } from '../keys/pre-key-bundle.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import type { ProtocolAddress } from '../protocol-address.ts';
import { Direction, type IdentityKeyStore, type SessionStore } from '../stores.ts';
import { beginAsInitiator } from './begin-session.ts';
import { EMPTY_RECORD, promoteNew } from './record-transitions.ts';
import { SessionRecord } from './session-record.ts';

export function processPreKeyBundle(
  bundle: PreKeyBundle,
  address: ProtocolAddress,
  localAddress: ProtocolAddress,
  sessionStore: SessionStore,
  identityStore: IdentityKeyStore,
  now: Date = new Date(),
  random: RandomSource = systemRandom,
): Promise<void> {
  return inAsyncOperation('SessionBuilder_ProcessPreKeyBundle', async () => {
    if (!(await identityStore.isTrustedIdentity(address, bundle.identityKey(), Direction.Sending))) {
      throw untrustedIdentity(address);
    }
    await requireSignatures(bundle);
    const existing = await sessionStore.getSession(address);
    const identity = await identityStore.getIdentityKeyPair();
    const own = { identity, registrationId: await identityStore.getLocalRegistrationId() };
    const peers = { local: localAddress, remote: address };
    const state = await beginAsInitiator(bundle, own, peers, now.getTime(), random);
    await identityStore.saveIdentity(address, bundle.identityKey());
    const record = promoteNew(existing?.snapshot() ?? EMPTY_RECORD, state);
    await sessionStore.saveSession(address, SessionRecord.of(record));
  });
}

/** PQXDH, section 3.3: both pre-keys are signed by the identity key, over their serialized form. */
async function requireSignatures(bundle: PreKeyBundle): Promise<void> {
  const identity = bundle.identityKey();
  const verdicts = await Promise.all([
    identity.verifyAsync(bundle.signedPreKeyPublic().serialize(), bundle.signedPreKeySignature()),
    identity.verifyAsync(bundle.kyberPreKeyPublic().serialize(), bundle.kyberPreKeySignature()),
  ]);
  if (!verdicts.every(Boolean)) throw failure('invalid signature detected');
}
