// SPQR's message keys: per epoch one chain in each direction (Double Ratchet, section 5.2: the sparse post-quantum ratchet).
import { MAX_MESSAGE_KEYS } from '../limits.ts';
import { type Bytes, concatBytes, EMPTY, u32be } from '../primitives/bytes.ts';
import { hkdf } from '../primitives/hkdf.ts';
import { encodeUtf8 } from '../primitives/utf8.ts';
import { type ChainStep, skipMessages } from '../skip-messages.ts';
import { dropSkippedBelow, NO_SKIPPED_KEYS, type SkippedKeys, takeSkippedKey } from '../skipped-keys.ts';
import { epochOutOfRange, SpqrError } from './spqr-error.ts';

/** A is who initiated the session. */
export const Side = { A: 0, B: 1 } as const;
export type Side = (typeof Side)[keyof typeof Side];

interface Chain {
  /** Index of the key given last; the first has index 1. */
  readonly counter: number;
  /** Empty once nothing may be derived from it any more. */
  readonly next: Bytes;
}

export interface DirectionChain extends Chain {
  readonly skipped: SkippedKeys;
}

export interface EpochLink {
  readonly send: DirectionChain;
  readonly receive: DirectionChain;
}

export interface KeyChain {
  readonly side: Side;
  readonly maxJump: number;
  readonly currentEpoch: number;
  readonly sendEpoch: number;
  /** The newest is that of currentEpoch. */
  readonly links: readonly EpochLink[];
  readonly nextRoot: Bytes;
}

// The two spaces before "Start" are the protocol's.
const START = encodeUtf8('Signal PQ Ratchet V1 Chain  Start');
const ADD_EPOCH = encodeUtf8('Signal PQ Ratchet V1 Chain Add Epoch');
const NEXT = encodeUtf8('Signal PQ Ratchet V1 Chain Next');
/** Epochs before the one we send in that can still be received from. */
const EPOCHS_KEPT_BEFORE_SEND_EPOCH = 1;

export function createKeyChain(authKey: Bytes, side: Side, maxJump: number): KeyChain {
  const { root, link } = derive(hkdf(authKey, null, START, 96), side);
  return { side, maxJump, currentEpoch: 0, sendEpoch: 0, links: [link], nextRoot: root };
}

export function addEpoch(chain: KeyChain, epoch: number, secret: Bytes): KeyChain {
  if (epoch !== chain.currentEpoch + 1) throw epochOutOfRange(epoch);
  const { root, link } = derive(hkdf(secret, chain.nextRoot, ADD_EPOCH, 96), chain.side);
  return { ...chain, currentEpoch: epoch, links: [...chain.links, link], nextRoot: root };
}

export interface SendKey {
  readonly chain: KeyChain;
  readonly index: number;
  readonly key: Bytes;
}

/** The next key to send with in `epoch`. Going to a newer epoch forgets what older ones can send. */
export function nextSendKey(chain: KeyChain, epoch: number): SendKey {
  if (epoch < chain.sendEpoch) throw new SpqrError(`Send key epoch decreased (${chain.sendEpoch} -> ${epoch})`);
  const advanced = epoch === chain.sendEpoch ? chain : advanceSendEpoch(chain, epoch);
  const position = linkPosition(advanced, epoch);
  const link = linkAt(advanced, epoch);
  const { key, next } = step(link.send);
  const links = advanced.links.with(position, { ...link, send: { ...link.send, ...next } });
  return { chain: { ...advanced, links }, index: next.counter, key };
}

/** The key of a message received; it is not to be had a second time. */
export async function takeReceiveKey(
  chain: KeyChain,
  epoch: number,
  index: number,
): Promise<{ chain: KeyChain; key: Bytes }> {
  const link = linkAt(chain, epoch);
  const { direction, key } = await takeKey(link.receive, index, chain.maxJump);
  const links = chain.links.with(linkPosition(chain, epoch), { ...link, receive: direction });
  return { chain: { ...chain, links }, key };
}

function derive(material: Bytes, side: Side): { root: Bytes; link: EpochLink } {
  const [root, a2b, b2a] = [material.slice(0, 32), material.slice(32, 64), material.slice(64)];
  const send = fresh(side === Side.A ? a2b : b2a);
  const receive = fresh(side === Side.A ? b2a : a2b);
  return { root, link: { send, receive } };
}

function fresh(next: Bytes): DirectionChain {
  return { counter: 0, next, skipped: NO_SKIPPED_KEYS };
}

function advanceSendEpoch(chain: KeyChain, epoch: number): KeyChain {
  const position = linkPosition(chain, epoch);
  const kept = chain.links.slice(Math.max(0, position - EPOCHS_KEPT_BEFORE_SEND_EPOCH));
  const current = Math.min(position, EPOCHS_KEPT_BEFORE_SEND_EPOCH);
  const links = kept.map((link, i) => (i < current ? { ...link, send: { ...link.send, next: EMPTY } } : link));
  return { ...chain, sendEpoch: epoch, links };
}

function linkPosition(chain: KeyChain, epoch: number): number {
  const position = chain.links.length - 1 - (chain.currentEpoch - epoch);
  if (epoch > chain.currentEpoch || position < 0) throw epochOutOfRange(epoch);
  return position;
}

function linkAt(chain: KeyChain, epoch: number): EpochLink {
  const link = chain.links[linkPosition(chain, epoch)];
  if (link === undefined) throw epochOutOfRange(epoch);
  return link;
}

async function takeKey(
  direction: DirectionChain,
  index: number,
  maxJump: number,
): Promise<{ direction: DirectionChain; key: Bytes }> {
  if (index === direction.counter) throw alreadyRequested(index);
  if (index < direction.counter) return takeOldKey(direction, index);
  if (index - direction.counter > maxJump) throw new SpqrError(`Key jump: ${direction.counter} - ${index}`);
  const usable = dropSkippedBelow(direction.skipped, index - MAX_MESSAGE_KEYS);
  const { chain, skipped } = await skipMessages<Chain>(direction, usable, direction.counter + 1, index, step);
  const { key, next } = step(chain);
  return { direction: { ...next, skipped }, key };
}

function takeOldKey(direction: DirectionChain, index: number): { direction: DirectionChain; key: Bytes } {
  if (index + MAX_MESSAGE_KEYS < direction.counter) throw new SpqrError(`Key trimmed: ${index}`);
  const taken = takeSkippedKey(direction.skipped, index);
  if (taken === null) throw alreadyRequested(index);
  return { direction: { ...direction, skipped: taken.rest }, key: taken.key };
}

const alreadyRequested = (index: number): SpqrError => new SpqrError(`Key already requested: ${index}`);

function step({ counter, next }: Chain): ChainStep<Chain> {
  const derived = hkdf(next, null, concatBytes(u32be(counter + 1), NEXT), 64);
  return { key: derived.slice(32), next: { counter: counter + 1, next: derived.slice(0, 32) } };
}
