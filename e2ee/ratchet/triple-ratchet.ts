// The Triple Ratchet (Double Ratchet, section 5): the Double Ratchet and SPQR side by side, their keys combined.
//
// It knows ratchets, MAC and cipher. Which session to use, whom to trust, and what to store are not its concern.
import { failure, invalidMessage, invalidSession } from '../errors.ts';

import { PublicKey } from '../keys/public-key.ts';
import { SignalMessage } from '../messages/signal-message.ts';
import { decryptAesCbc, encryptAesCbc } from '../primitives/aes.ts';
import type { Bytes } from '../primitives/bytes.ts';
import type { RandomSource } from '../primitives/random.ts';
import { encodeAddressPair, type ProtocolAddress } from '../protocol-address.ts';
import { receiveSpqr, sendSpqr, type SpqrState } from '../spqr/spqr.ts';
import { SpqrError } from '../spqr/spqr-error.ts';
import { advanceChain, deriveMessageKeys } from './chain-key.ts';
import { type DoubleRatchet, takeMessageSeed } from './double-ratchet.ts';

export interface TripleRatchet {
  readonly ratchet: DoubleRatchet;
  readonly spqr: SpqrState;
}

export interface SessionIdentities {
  readonly version: number;
  readonly localIdentity: PublicKey;
  readonly remoteIdentity: PublicKey;
}

export interface AddressPair {
  readonly sender: ProtocolAddress;
  readonly recipient: ProtocolAddress;
}

/** @param addresses to be bound into the message, or null: only the first messages of a session carry them */
export function encryptTriple(
  state: TripleRatchet,
  identities: SessionIdentities,
  plaintext: Bytes,
  addresses: AddressPair | null,
  random: RandomSource,
): { state: TripleRatchet; message: SignalMessage } {
  const { senderChain } = state.ratchet;
  if (senderChain === null) throw invalidSession('missing sender chain');
  const sent = sendSpqrOrFail(state.spqr, random);
  const { key: seed, next } = advanceChain(senderChain.chainKey);
  const keys = deriveMessageKeys(seed, sent.key);
  const message = SignalMessage.seal(
    {
      version: identities.version,
      senderRatchetKey: PublicKey.fromRaw(senderChain.ratchetKey.publicKey),
      counter: senderChain.chainKey.index,
      previousCounter: state.ratchet.previousCounter,
      ciphertext: encryptAesCbc(keys.cipherKey, keys.iv, plaintext),
      pqRatchet: sent.message,
      addresses: (addresses && encodeAddressPair(addresses.sender, addresses.recipient)) ?? undefined,
    },
    { macKey: keys.macKey, senderIdentity: identities.localIdentity, receiverIdentity: identities.remoteIdentity },
  );
  const advanced = { ...senderChain, chainKey: next };
  return { state: { ratchet: { ...state.ratchet, senderChain: advanced }, spqr: sent.state }, message };
}

/** The new state is given only if MAC, addresses and padding hold. */
export async function decryptTriple(
  state: TripleRatchet,
  identities: SessionIdentities,
  message: SignalMessage,
  addresses: AddressPair,
  maxJump: number,
  random: RandomSource,
): Promise<{ state: TripleRatchet; plaintext: Bytes }> {
  const header = { ratchetKey: message.senderRatchetKey().getPublicKeyBytes(), counter: message.counter() };
  const { ratchet, seed } = await takeMessageSeed(state.ratchet, header, maxJump, random);
  const received = await receiveSpqrOrFail(state.spqr, message.pqRatchet());
  const keys = deriveMessageKeys(seed, received.key);
  const { localIdentity, remoteIdentity } = identities;
  const parties = { macKey: keys.macKey, senderIdentity: remoteIdentity, receiverIdentity: localIdentity };
  if (!message.verifyMac(parties) || !message.matchesAddresses(addresses.sender, addresses.recipient)) {
    throw invalidMessage('Whisper', 'MAC verification failed');
  }
  const plaintext = decryptAesCbc(keys.cipherKey, keys.iv, message.body());
  if (plaintext === null) throw invalidMessage('Whisper', 'failed to decrypt: invalid ciphertext');
  return { state: { ratchet, spqr: received.state }, plaintext };
}

function sendSpqrOrFail(state: SpqrState, random: RandomSource): ReturnType<typeof sendSpqr> {
  try {
    return sendSpqr(state, random);
  } catch (error) {
    if (!(error instanceof SpqrError)) throw error;
    throw failure(`invalid state for call to encrypt to succeed: post-quantum ratchet send error: ${error.message}`);
  }
}

async function receiveSpqrOrFail(state: SpqrState, data: Bytes): ReturnType<typeof receiveSpqr> {
  try {
    return await receiveSpqr(state, data);
  } catch (error) {
    if (!(error instanceof SpqrError)) throw error;
    throw invalidMessage('Whisper', `post-quantum ratchet error: ${error.message}`);
  }
}
