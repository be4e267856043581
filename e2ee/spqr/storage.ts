// SPQR state in storage: part of the session's own format (see session/session-storage.ts), not libsignal's.
import { invalidProtobuf } from '../errors.ts';
import { type Bytes, concatBytes, EMPTY } from '../primitives/bytes.ts';
import { ProtoReader, required } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';
import { decodeSkippedKeys, encodeSkippedKeys } from '../skipped-keys.ts';
import type { Authenticator } from './authenticator.ts';
import { CHUNK_BYTES, type ChunkSet } from './erasure-code.ts';
import { type DirectionChain, type EpochLink, type KeyChain, Side } from './key-chain.ts';
import type { SpqrState } from './spqr.ts';
import type { BraidState } from './states.ts';

const TAG = { braid: 1, chain: 2 } as const;

const BRAID = {
  kind: 1,
  epoch: 2,
  authRoot: 3,
  authMac: 4,
  sent: 5,
  dk: 6,
  header: 7,
  message: 8,
  ct1: 9,
  ek: 10,
  ct2WithMac: 11,
  chunkIndexes: 12,
  chunkData: 13,
} as const;

const CHAIN = { side: 1, maxJump: 2, currentEpoch: 3, sendEpoch: 4, nextRoot: 5, link: 6 } as const;
const LINK = { send: 1, receive: 2 } as const;
const DIRECTION = { counter: 1, next: 2, skipped: 3 } as const;

/** Numbers of the states in storage: never renumber. */
const KINDS: readonly BraidState['kind'][] = [
  'KeysUnsampled',
  'KeysSampled',
  'HeaderSent',
  'Ct1Received',
  'EkSentCt1Received',
  'NoHeaderReceived',
  'HeaderReceived',
  'Ct1Sampled',
  'EkReceivedCt1Sampled',
  'Ct1Acknowledged',
  'Ct2Sampled',
];

export function writeSpqr(state: SpqrState): ProtoWriter {
  return new ProtoWriter().message(TAG.braid, writeBraid(state.braid)).message(TAG.chain, writeChain(state.chain));
}

export function encodeSpqr(state: SpqrState): Bytes {
  return writeSpqr(state).finish();
}

export function decodeSpqr(data: Bytes): SpqrState {
  const reader = new ProtoReader(data);
  return {
    braid: decodeBraid(required(reader.bytes(TAG.braid))),
    chain: decodeChain(required(reader.bytes(TAG.chain))),
  };
}

/** All that a state may have, so that one pair of functions serves the eleven of them. */
interface AnyBraid {
  readonly kind: BraidState['kind'];
  readonly sent?: number;
  readonly received?: ChunkSet;
  readonly dk?: Bytes;
  readonly header?: Bytes;
  readonly message?: Bytes;
  readonly ct1?: Bytes;
  readonly ek?: Bytes;
  readonly ct2WithMac?: Bytes;
}

function writeBraid(state: BraidState): ProtoWriter {
  const any: AnyBraid = state;
  const chunks = any.received?.chunks ?? [];
  return new ProtoWriter()
    .uint(BRAID.kind, KINDS.indexOf(state.kind))
    .uint(BRAID.epoch, state.epoch)
    .bytes(BRAID.authRoot, state.auth.rootKey)
    .bytes(BRAID.authMac, state.auth.macKey)
    .uint(BRAID.sent, any.sent)
    .bytes(BRAID.dk, any.dk)
    .bytes(BRAID.header, any.header)
    .bytes(BRAID.message, any.message)
    .bytes(BRAID.ct1, any.ct1)
    .bytes(BRAID.ek, any.ek)
    .bytes(BRAID.ct2WithMac, any.ct2WithMac)
    .bytes(BRAID.chunkIndexes, Uint8Array.from(chunks.flatMap(({ index }) => [index >> 8, index & 0xff])))
    .bytes(BRAID.chunkData, concatBytes(...chunks.map(({ data }) => data)));
}

function decodeBraid(data: Bytes): BraidState {
  const reader = new ProtoReader(data);
  const bytes = (tag: number): Bytes => required(reader.bytes(tag));
  const auth: Authenticator = { rootKey: bytes(BRAID.authRoot), macKey: bytes(BRAID.authMac) };
  const common = { epoch: required(reader.uint64(BRAID.epoch)), auth };
  const received = decodeChunkSet(bytes(BRAID.chunkIndexes), bytes(BRAID.chunkData));
  const sent = (): number => required(reader.uint64(BRAID.sent));
  const half = (): { header: Bytes; message: Bytes; ct1: Bytes } => {
    return { header: bytes(BRAID.header), message: bytes(BRAID.message), ct1: bytes(BRAID.ct1) };
  };
  const kind = required(KINDS[required(reader.uint32(BRAID.kind))]);
  switch (kind) {
    case 'KeysUnsampled':
      return { kind, ...common };
    case 'KeysSampled':
      return { kind, ...common, dk: bytes(BRAID.dk), sent: sent() };
    case 'HeaderSent':
      return { kind, ...common, dk: bytes(BRAID.dk), sent: sent(), received };
    case 'Ct1Received':
      return { kind, ...common, dk: bytes(BRAID.dk), sent: sent(), ct1: bytes(BRAID.ct1) };
    case 'EkSentCt1Received':
      return { kind, ...common, dk: bytes(BRAID.dk), ct1: bytes(BRAID.ct1), received };
    case 'NoHeaderReceived':
      return { kind, ...common, received };
    case 'HeaderReceived':
      return { kind, ...common, header: bytes(BRAID.header) };
    case 'Ct1Sampled':
      return { kind, ...common, ...half(), sent: sent(), received };
    case 'EkReceivedCt1Sampled':
      return { kind, ...common, ...half(), sent: sent(), ek: bytes(BRAID.ek) };
    case 'Ct1Acknowledged':
      return { kind, ...common, ...half(), received };
    case 'Ct2Sampled':
      return { kind, ...common, ct2WithMac: bytes(BRAID.ct2WithMac), sent: sent() };
  }
}

function decodeChunkSet(indexes: Bytes, data: Bytes): ChunkSet {
  const count = indexes.length / 2;
  if (data.length !== count * CHUNK_BYTES) throw invalidProtobuf();
  const chunks = Array.from({ length: count }, (_, i) => ({
    index: ((indexes[2 * i] ?? 0) << 8) | (indexes[2 * i + 1] ?? 0),
    data: data.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
  }));
  return { chunks };
}

function writeChain(chain: KeyChain): ProtoWriter {
  return new ProtoWriter()
    .uint(CHAIN.side, chain.side)
    .uint(CHAIN.maxJump, chain.maxJump)
    .uint(CHAIN.currentEpoch, chain.currentEpoch)
    .uint(CHAIN.sendEpoch, chain.sendEpoch)
    .bytes(CHAIN.nextRoot, chain.nextRoot)
    .messages(CHAIN.link, chain.links.map(writeLink));
}

function decodeChain(data: Bytes): KeyChain {
  const reader = new ProtoReader(data);
  return {
    side: required(reader.uint32(CHAIN.side)) === Side.A ? Side.A : Side.B,
    maxJump: required(reader.uint32(CHAIN.maxJump)),
    currentEpoch: required(reader.uint64(CHAIN.currentEpoch)),
    sendEpoch: required(reader.uint64(CHAIN.sendEpoch)),
    nextRoot: required(reader.bytes(CHAIN.nextRoot)),
    links: reader.repeated(CHAIN.link).map(decodeLink),
  };
}

function writeLink({ send, receive }: EpochLink): ProtoWriter {
  return new ProtoWriter().message(LINK.send, writeDirection(send)).message(LINK.receive, writeDirection(receive));
}

function decodeLink(data: Bytes): EpochLink {
  const reader = new ProtoReader(data);
  return {
    send: decodeDirection(required(reader.bytes(LINK.send))),
    receive: decodeDirection(required(reader.bytes(LINK.receive))),
  };
}

function writeDirection({ counter, next, skipped }: DirectionChain): ProtoWriter {
  return new ProtoWriter()
    .uint(DIRECTION.counter, counter)
    .bytes(DIRECTION.next, next)
    .bytes(DIRECTION.skipped, encodeSkippedKeys(skipped));
}

function decodeDirection(data: Bytes): DirectionChain {
  const reader = new ProtoReader(data);
  return {
    counter: required(reader.uint32(DIRECTION.counter)),
    next: reader.bytes(DIRECTION.next) ?? EMPTY,
    skipped: decodeSkippedKeys(reader.bytes(DIRECTION.skipped)),
  };
}
