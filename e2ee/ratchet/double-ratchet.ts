// The Double Ratchet ("The Double Ratchet Algorithm", sections 3.3 to 3.5), as a value: each step gives a new state.
import { duplicatedMessage, invalidMessage, invalidSession } from '../errors.ts';
import { MAX_RECEIVER_CHAINS } from '../limits.ts';
import { type Bytes, equalBytes } from '../primitives/bytes.ts';
import type { RandomSource } from '../primitives/random.ts';
import { deriveKeyPair, type X25519KeyPair } from '../primitives/x25519.ts';
import { skipMessages } from '../skip-messages.ts';
import { NO_SKIPPED_KEYS, type SkippedKeys, takeSkippedKey } from '../skipped-keys.ts';
import { advanceChain, type ChainKey } from './chain-key.ts';
import { stepRoot } from './root-key.ts';

export interface SenderChain {
  readonly ratchetKey: X25519KeyPair;
  readonly chainKey: ChainKey;
}

export interface ReceiverChain {
  /** The sender's ratchet key of this chain, 32 bytes. */
  readonly ratchetKey: Bytes;
  readonly chainKey: ChainKey;
  /** Seeds of messages that have not arrived. */
  readonly skipped: SkippedKeys;
}

export interface DoubleRatchet {
  readonly rootKey: Bytes;
  readonly senderChain: SenderChain | null;
  /** Oldest first. */
  readonly receiverChains: readonly ReceiverChain[];
  /** Length of our sending chain before the present one, as it is told to the other side. */
  readonly previousCounter: number;
}

/** What names a message within a session. */
export interface MessageHeader {
  readonly ratchetKey: Bytes;
  readonly counter: number;
}

/** The seed for one message received; it cannot be had from the new state again. */
export async function takeMessageSeed(
  ratchet: DoubleRatchet,
  header: MessageHeader,
  maxJump: number,
  random: RandomSource,
): Promise<{ ratchet: DoubleRatchet; seed: Bytes }> {
  const turned = hasReceiverChain(ratchet, header.ratchetKey)
    ? ratchet
    : await turn(ratchet, header.ratchetKey, random);
  const position = turned.receiverChains.findIndex((chain) => equalBytes(chain.ratchetKey, header.ratchetKey));
  const chain = turned.receiverChains[position];
  if (chain === undefined) throw invalidSession('missing receiver chain');
  const taken = await takeFromChain(chain, header.counter, maxJump);
  return {
    ratchet: { ...turned, receiverChains: turned.receiverChains.with(position, taken.chain) },
    seed: taken.seed,
  };
}

function hasReceiverChain(ratchet: DoubleRatchet, ratchetKey: Bytes): boolean {
  return ratchet.receiverChains.some((chain) => equalBytes(chain.ratchetKey, ratchetKey));
}

/** DHRatchet of section 3.5: a receiving chain from their new key, a sending chain from a new key of ours. */
async function turn(ratchet: DoubleRatchet, theirKey: Bytes, random: RandomSource): Promise<DoubleRatchet> {
  const { senderChain } = ratchet;
  if (senderChain === null) throw invalidSession('missing sender chain');
  const [receiving, ratchetKey] = await Promise.all([
    stepRoot(ratchet.rootKey, senderChain.ratchetKey.privateKey, theirKey),
    deriveKeyPair(random(32)),
  ]);
  const sending = await stepRoot(receiving.rootKey, ratchetKey.privateKey, theirKey);
  const received = { ratchetKey: theirKey, chainKey: { key: receiving.chainKey, index: 0 }, skipped: NO_SKIPPED_KEYS };
  return {
    rootKey: sending.rootKey,
    senderChain: { ratchetKey, chainKey: { key: sending.chainKey, index: 0 } },
    receiverChains: [...ratchet.receiverChains, received].slice(-MAX_RECEIVER_CHAINS),
    previousCounter: Math.max(0, senderChain.chainKey.index - 1),
  };
}

async function takeFromChain(
  chain: ReceiverChain,
  counter: number,
  maxJump: number,
): Promise<{ chain: ReceiverChain; seed: Bytes }> {
  const { index } = chain.chainKey;
  if (counter < index) return takeSkippedSeed(chain, counter);
  if (counter - index > maxJump) throw invalidMessage('Whisper', 'message from too far into the future');
  const reached = await skipMessages(chain.chainKey, chain.skipped, index, counter, advanceChain);
  const { key, next } = advanceChain(reached.chain);
  return { chain: { ...chain, chainKey: next, skipped: reached.skipped }, seed: key };
}

function takeSkippedSeed(chain: ReceiverChain, counter: number): { chain: ReceiverChain; seed: Bytes } {
  const taken = takeSkippedKey(chain.skipped, counter);
  if (taken === null) throw duplicatedMessage(chain.chainKey.index, counter);
  return { chain: { ...chain, skipped: taken.rest }, seed: taken.key };
}
