// A sender's own chain for a distribution: the present one, or a new one.
import { failure } from '../errors.ts';
import { PrivateKey } from '../keys/private-key.ts';
import type { PublicKey } from '../keys/public-key.ts';
import { SENDER_KEY_VERSION } from '../messages/message-version.ts';
import { type Bytes, readU32be } from '../primitives/bytes.ts';
import type { RandomSource } from '../primitives/random.ts';
import type { ProtocolAddress } from '../protocol-address.ts';
import type { SenderKeyStore } from '../stores.ts';
import type { Uuid } from '../uuid.ts';
import { SenderKeyRecord } from './sender-key-record.ts';
import { createSenderKeyState, type SenderKeyState } from './sender-key-state.ts';

export interface OwnSenderKey {
  readonly version: number;
  readonly chainId: number;
  readonly iteration: number;
  readonly chainKey: Bytes;
  readonly signingKey: PublicKey;
}

export async function createSenderKey(
  sender: ProtocolAddress,
  distributionId: Uuid,
  store: SenderKeyStore,
  random: RandomSource,
): Promise<OwnSenderKey> {
  // Asked of the address first: a wrong argument must fail before any key is made.
  sender.name();
  const existing = await store.getSenderKey(sender, distributionId);
  const state = existing === null ? await storeNewState(sender, distributionId, store, random) : existing.states()[0];
  if (state === undefined) throw invalidSenderKeySession(distributionId);
  const { version, chainId, chain, signingKey } = state;
  return { version, chainId, iteration: chain.index, chainKey: chain.key, signingKey };
}

async function storeNewState(
  sender: ProtocolAddress,
  distributionId: Uuid,
  store: SenderKeyStore,
  random: RandomSource,
): Promise<SenderKeyState> {
  const signingPrivateKey = PrivateKey.generate(random);
  const state = createSenderKeyState({
    version: SENDER_KEY_VERSION,
    // 31 bits: other implementations read a signed integer.
    chainId: readU32be(random(4)) >>> 1,
    chain: { index: 0, key: random(32) },
    signingKey: signingPrivateKey.getPublicKey(),
    signingPrivateKey,
  });
  await store.saveSenderKey(sender, distributionId, SenderKeyRecord.of([state]));
  return state;
}

export function invalidSenderKeySession(distributionId: Uuid): Error {
  const message = `invalid sender key session with distribution ID ${distributionId}`;
  return failure(message, 'InvalidSenderKeySession', { distributionId, distribution_id: distributionId });
}
