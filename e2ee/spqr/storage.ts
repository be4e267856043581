// SPQR state in storage: part of the session's own format (see session/session-storage.ts), not libsignal's.
import { invalidProtobuf } from '../errors.ts';
import { type Bytes, concatBytes, EMPTY } from '../primitives/bytes.ts';
import {
  bytes,
  converted,
  decode,
  encode,
  nested,
  repeated,
  required,
  type Schema,
  uint32,
  uint64,
  type Values,
} from '../proto/message.ts';
import { NO_SKIPPED_KEYS, skippedKeys } from '../skipped-keys.ts';
import { CHUNK_BYTES, type ChunkSet } from './erasure-code.ts';
import { Side } from './key-chain.ts';
import type { SpqrState } from './spqr.ts';
import type { BraidState } from './states.ts';

type Kind = BraidState['kind'];
/** What a state has beside its kind, the epoch and the authenticator. */
type OwnField<K extends Kind> = Exclude<keyof Extract<BraidState, { readonly kind: K }>, 'kind' | 'epoch' | 'auth'>;

/** The place of a state is its number in storage: never change the order. */
const OWN_FIELDS: { readonly [K in Kind]: readonly OwnField<K>[] } = {
  KeysUnsampled: [],
  KeysSampled: ['dk', 'sent'],
  HeaderSent: ['dk', 'sent', 'received'],
  Ct1Received: ['dk', 'sent', 'ct1'],
  EkSentCt1Received: ['dk', 'ct1', 'received'],
  NoHeaderReceived: ['received'],
  HeaderReceived: ['header'],
  Ct1Sampled: ['header', 'message', 'ct1', 'sent', 'received'],
  EkReceivedCt1Sampled: ['header', 'message', 'ct1', 'sent', 'ek'],
  Ct1Acknowledged: ['header', 'message', 'ct1', 'received'],
  Ct2Sampled: ['ct2WithMac', 'sent'],
};
const KINDS = /* @__PURE__ */ Object.keys(OWN_FIELDS) as readonly Kind[];

/** All that a state may have, so that one table serves the eleven of them. */
const BRAID = {
  kind: [1, uint32],
  epoch: [2, uint64],
  rootKey: [3, bytes],
  macKey: [4, bytes],
  sent: [5, uint64, undefined],
  dk: [6, bytes, undefined],
  header: [7, bytes, undefined],
  message: [8, bytes, undefined],
  ct1: [9, bytes, undefined],
  ek: [10, bytes, undefined],
  ct2WithMac: [11, bytes, undefined],
  chunkIndexes: [12, bytes],
  chunkData: [13, bytes],
} as const satisfies Schema;

const DIRECTION = {
  counter: [1, uint32],
  next: [2, bytes, EMPTY],
  skipped: [3, skippedKeys, NO_SKIPPED_KEYS],
} as const satisfies Schema;

const LINK = { send: [1, nested(DIRECTION)], receive: [2, nested(DIRECTION)] } as const satisfies Schema;

const CHAIN = {
  side: [
    1,
    converted(
      uint32,
      (side) => (side === Side.A ? Side.A : Side.B),
      (side: Side): number => side,
    ),
  ],
  maxJump: [2, uint32],
  currentEpoch: [3, uint64],
  sendEpoch: [4, uint64],
  nextRoot: [5, bytes],
  links: [6, repeated(nested(LINK)), []],
} as const satisfies Schema;

const SPQR = {
  braid: [1, converted(nested(BRAID), fromStored, toStored)],
  chain: [2, nested(CHAIN)],
} as const satisfies Schema;

/** As a field of a session. */
export const spqr = /* @__PURE__ */ nested(SPQR);

export function encodeSpqr(state: SpqrState): Bytes {
  return encode(SPQR, state);
}

export function decodeSpqr(data: Bytes): SpqrState {
  return decode(SPQR, data);
}

type StoredBraid = Values<typeof BRAID>;

function toStored({ kind, auth, ...state }: BraidState): StoredBraid {
  const chunks = 'received' in state ? state.received.chunks : [];
  const stored: Partial<StoredBraid> = {
    ...state,
    ...auth,
    kind: KINDS.indexOf(kind),
    chunkIndexes: Uint8Array.from(chunks.flatMap(({ index }) => [index >> 8, index & 0xff])),
    chunkData: concatBytes(...chunks.map(({ data }) => data)),
  };
  // What is missing now is optional.
  return stored as StoredBraid;
}

function fromStored(stored: StoredBraid): BraidState {
  const { epoch, rootKey, macKey } = stored;
  const kind = required(KINDS[stored.kind]);
  const found: Readonly<Record<string, unknown>> = { ...stored, received: decodeChunkSet(stored) };
  const own = OWN_FIELDS[kind].map((name) => [name, required(found[name])]);
  // What the compiler cannot see: OWN_FIELDS names all that the state of this kind has.
  return { kind, epoch, auth: { rootKey, macKey }, ...Object.fromEntries(own) } as BraidState;
}

function decodeChunkSet({ chunkIndexes: indexes, chunkData: data }: StoredBraid): ChunkSet {
  const count = indexes.length / 2;
  if (data.length !== count * CHUNK_BYTES) throw invalidProtobuf();
  const chunks = Array.from({ length: count }, (_, i) => ({
    index: ((indexes[2 * i] ?? 0) << 8) | (indexes[2 * i + 1] ?? 0),
    data: data.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
  }));
  return { chunks };
}
