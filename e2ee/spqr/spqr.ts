// SPQR, the Sparse Post-Quantum Ratchet: the Braid agrees on a secret per epoch, the key chain turns secrets into a key
// per message. Both are values: sending and receiving give a new state and leave the old one as it was.
import type { Bytes } from '../primitives/bytes.ts';
import type { RandomSource } from '../primitives/random.ts';
import { createAuthenticator } from './authenticator.ts';
import { braidReceive } from './braid-receive.ts';
import { braidSend } from './braid-send.ts';
import { NO_CHUNKS } from './erasure-code.ts';
import { addEpoch, createKeyChain, type KeyChain, nextSendKey, Side, takeReceiveKey } from './key-chain.ts';
import { decodeSpqrMessage, encodeSpqrMessage } from './message.ts';
import type { BraidState } from './states.ts';

export interface SpqrState {
  readonly braid: BraidState;
  readonly chain: KeyChain;
}

/**
 * Both sides demand version 1, so there is nothing to negotiate and the chain begins at once.
 * @param authKey the third output of PQXDH
 */
export function createSpqr(authKey: Bytes, side: Side, maxJump: number): SpqrState {
  const auth = createAuthenticator(authKey);
  const braid: BraidState =
    side === Side.A
      ? { kind: 'KeysUnsampled', epoch: 1, auth }
      : { kind: 'NoHeaderReceived', epoch: 1, auth, received: NO_CHUNKS };
  return { braid, chain: createKeyChain(authKey, side, maxJump) };
}

export interface SpqrSend {
  readonly state: SpqrState;
  readonly message: Bytes;
  readonly key: Bytes;
}

export function sendSpqr(state: SpqrState, random: RandomSource): SpqrSend {
  const { state: braid, payload, secret } = braidSend(state.braid, random);
  const extended = secret === undefined ? state.chain : addEpoch(state.chain, secret.epoch, secret.secret);
  const { chain, index, key } = nextSendKey(extended, braid.epoch - 1);
  return { state: { braid, chain }, message: encodeSpqrMessage({ epoch: braid.epoch, keyIndex: index, payload }), key };
}

export async function receiveSpqr(state: SpqrState, data: Bytes): Promise<{ state: SpqrState; key: Bytes }> {
  const { epoch, keyIndex, payload } = decodeSpqrMessage(data);
  const { state: braid, secret } = braidReceive(state.braid, epoch, payload);
  const extended = secret === undefined ? state.chain : addEpoch(state.chain, secret.epoch, secret.secret);
  const { chain, key } = await takeReceiveKey(extended, epoch - 1, keyIndex);
  return { state: { braid, chain }, key };
}
