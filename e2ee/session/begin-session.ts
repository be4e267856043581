// A session's first state on either side: PQXDH's keys put into the ratchets (Double Ratchet, sections 3.3 and 7.1).
import type { IdentityKeyPair } from '../keys/identity-key-pair.ts';
import type { KyberPreKeyRecord } from '../keys/kyber-pre-key-record.ts';
import type { PreKeyBundle } from '../keys/pre-key-bundle.ts';
import type { PrivateKey } from '../keys/private-key.ts';
import { PublicKey } from '../keys/public-key.ts';
import { CURRENT_VERSION } from '../messages/message-version.ts';
import type { KyberPayload, PreKeySignalMessage } from '../messages/pre-key-signal-message.ts';
import { agreeAsInitiator, agreeAsResponder } from '../pqxdh.ts';
import type { RandomSource } from '../primitives/random.ts';
import { deriveKeyPair, type X25519KeyPair } from '../primitives/x25519.ts';
import { stepRoot } from '../ratchet/root-key.ts';
import { NO_SKIPPED_KEYS } from '../skipped-keys.ts';
import { Side } from '../spqr/key-chain.ts';
import { createSpqr } from '../spqr/spqr.ts';
import { maxJump, type Peers, type SessionState } from './session-state.ts';

export interface OwnDevice {
  readonly identity: IdentityKeyPair;
  readonly registrationId: number;
}

export async function beginAsInitiator(
  bundle: PreKeyBundle,
  own: OwnDevice,
  peers: Peers,
  nowMs: number,
  random: RandomSource,
): Promise<SessionState> {
  const [baseKey, ratchetKey] = await Promise.all([deriveKeyPair(random(32)), deriveKeyPair(random(32))]);
  const theirSignedPreKey = bundle.signedPreKeyPublic().getPublicKeyBytes();
  const { keys, kyberCiphertext } = await agreeAsInitiator(
    {
      identity: toRawPair(own.identity.privateKey, own.identity.publicKey),
      baseKey,
      theirIdentity: bundle.identityKey().getPublicKeyBytes(),
      theirSignedPreKey,
      theirOneTimePreKey: bundle.preKeyPublic()?.getPublicKeyBytes() ?? null,
      theirKyberPreKey: bundle.kyberPreKeyPublic(),
    },
    random,
  );
  // Their signed pre-key serves as their first ratchet key.
  const sending = await stepRoot(keys.rootKey, ratchetKey.privateKey, theirSignedPreKey);
  const identities = { localIdentity: own.identity.publicKey, remoteIdentity: bundle.identityKey() };
  const firstChain = { ratchetKey: theirSignedPreKey, chainKey: { key: keys.chainKey, index: 0 } };
  return {
    version: CURRENT_VERSION,
    ...identities,
    triple: {
      ratchet: {
        rootKey: sending.rootKey,
        senderChain: { ratchetKey, chainKey: { key: sending.chainKey, index: 0 } },
        receiverChains: [{ ...firstChain, skipped: NO_SKIPPED_KEYS }],
        previousCounter: 0,
      },
      spqr: createSpqr(keys.pqrAuthKey, Side.A, maxJump(identities, peers)),
    },
    pending: {
      preKeyId: bundle.preKeyId(),
      signedPreKeyId: bundle.signedPreKeyId(),
      kyberPreKeyId: bundle.kyberPreKeyId(),
      kyberCiphertext,
      baseKey: PublicKey.fromRaw(baseKey.publicKey),
      createdAtSeconds: Math.floor(nowMs / 1000),
    },
    localRegistrationId: own.registrationId,
    remoteRegistrationId: bundle.registrationId(),
    baseKey: PublicKey.fromRaw(baseKey.publicKey),
  };
}

/** The pre-keys that the initiator used. */
export interface UsedPreKeys {
  readonly signedPreKey: { privateKey(): PrivateKey; publicKey(): PublicKey };
  readonly oneTimePreKey: { privateKey(): PrivateKey; publicKey(): PublicKey } | null;
  readonly kyberPreKey: KyberPreKeyRecord;
}

export async function beginAsResponder(
  message: PreKeySignalMessage,
  kyber: KyberPayload,
  used: UsedPreKeys,
  own: OwnDevice,
  peers: Peers,
): Promise<SessionState> {
  const signedPreKey = toRawPair(used.signedPreKey.privateKey(), used.signedPreKey.publicKey());
  const oneTime = used.oneTimePreKey;
  const keys = await agreeAsResponder({
    identity: toRawPair(own.identity.privateKey, own.identity.publicKey),
    signedPreKey,
    oneTimePreKey: oneTime && toRawPair(oneTime.privateKey(), oneTime.publicKey()),
    kyberPreKey: used.kyberPreKey.keyPair(),
    theirIdentity: message.identityKey().getPublicKeyBytes(),
    theirBaseKey: message.baseKey().getPublicKeyBytes(),
    kyberCiphertext: kyber.ciphertext,
  });
  const identities = { localIdentity: own.identity.publicKey, remoteIdentity: message.identityKey() };
  return {
    version: message.version(),
    ...identities,
    triple: {
      ratchet: {
        rootKey: keys.rootKey,
        senderChain: { ratchetKey: signedPreKey, chainKey: { key: keys.chainKey, index: 0 } },
        receiverChains: [],
        previousCounter: 0,
      },
      spqr: createSpqr(keys.pqrAuthKey, Side.B, maxJump(identities, peers)),
    },
    pending: null,
    localRegistrationId: own.registrationId,
    remoteRegistrationId: message.registrationId(),
    baseKey: message.baseKey(),
  };
}

function toRawPair(privateKey: PrivateKey, publicKey: PublicKey): X25519KeyPair {
  return { privateKey: privateKey.serialize(), publicKey: publicKey.getPublicKeyBytes() };
}
