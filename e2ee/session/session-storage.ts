// The storage format of sessions, version 1. It is our own: libsignal's records cannot be read here nor ours there.
//
// A record begins with the version byte; the rest is protocol buffers. A later version must still read every earlier one:
// tests/vectors/records keeps records of each released version.
import { invalidProtobuf } from '../errors.ts';
import { publicKey } from '../keys/key-fields.ts';
import type { Bytes } from '../primitives/bytes.ts';
import {
  bytes,
  converted,
  decode,
  encode,
  nested,
  repeated,
  type Schema,
  uint32,
  uint64,
  type Values,
} from '../proto/message.ts';
import type { ReceiverChain, SenderChain } from '../ratchet/double-ratchet.ts';
import { NO_SKIPPED_KEYS, skippedKeys } from '../skipped-keys.ts';
import { spqr } from '../spqr/storage.ts';
import type { SessionState } from './session-state.ts';

const FORMAT_VERSION = 1;

const SENDER_CHAIN = {
  publicKey: [1, bytes],
  privateKey: [2, bytes],
  key: [3, bytes],
  index: [4, uint32],
} as const satisfies Schema;

const RECEIVER_CHAIN = {
  ratchetKey: [1, bytes],
  key: [3, bytes],
  index: [4, uint32],
  skipped: [5, skippedKeys, NO_SKIPPED_KEYS],
} as const satisfies Schema;

const PENDING = {
  preKeyId: [1, uint32, null],
  signedPreKeyId: [2, uint32],
  kyberPreKeyId: [3, uint32],
  kyberCiphertext: [4, bytes],
  baseKey: [5, publicKey],
  createdAtSeconds: [6, uint64],
} as const satisfies Schema;

const senderChain = /* @__PURE__ */ converted(
  nested(SENDER_CHAIN),
  ({ key, index, ...ratchetKey }): SenderChain => ({ ratchetKey, chainKey: { key, index } }),
  ({ ratchetKey, chainKey }: SenderChain) => ({ ...ratchetKey, ...chainKey }),
);

const receiverChain = /* @__PURE__ */ converted(
  nested(RECEIVER_CHAIN),
  ({ key, index, ...chain }): ReceiverChain => ({ ...chain, chainKey: { key, index } }),
  ({ chainKey, ...chain }: ReceiverChain) => ({ ...chain, ...chainKey }),
);

const STATE = {
  version: [1, uint32],
  localIdentity: [2, publicKey],
  remoteIdentity: [3, publicKey],
  rootKey: [4, bytes],
  previousCounter: [5, uint32],
  senderChain: [6, senderChain, null],
  receiverChains: [7, repeated(receiverChain), []],
  spqr: [8, spqr],
  pending: [9, nested(PENDING), null],
  localRegistrationId: [10, uint32],
  remoteRegistrationId: [11, uint32],
  baseKey: [12, publicKey],
} as const satisfies Schema;

const RECORD = {
  current: [1, converted(nested(STATE), fromStored, toStored), null],
  archived: [2, repeated(bytes), []],
} as const satisfies Schema;

/** Archived states stay encoded: most are never needed again, and a damaged one must not cost the others. */
export type StoredRecord = Values<typeof RECORD>;

export function encodeRecord(record: StoredRecord): Bytes {
  return encode(RECORD, record, FORMAT_VERSION);
}

export function decodeRecord(data: Bytes): StoredRecord {
  if (data[0] !== FORMAT_VERSION) throw invalidProtobuf();
  return decode(RECORD, data.subarray(1));
}

export function encodeState(state: SessionState): Bytes {
  return encode(STATE, toStored(state));
}

export function decodeState(data: Bytes): SessionState {
  return fromStored(decode(STATE, data));
}

function toStored({ triple, ...state }: SessionState): Values<typeof STATE> {
  return { ...state, ...triple.ratchet, spqr: triple.spqr };
}

function fromStored(stored: Values<typeof STATE>): SessionState {
  const { rootKey, previousCounter, senderChain, receiverChains, spqr, ...state } = stored;
  return { ...state, triple: { ratchet: { rootKey, previousCounter, senderChain, receiverChains }, spqr } };
}
