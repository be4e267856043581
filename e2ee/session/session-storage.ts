// The storage format of sessions, version 1. It is our own: libsignal's records cannot be read here nor ours there.
//
// A record begins with the version byte; the rest is protocol buffers. A later version must still read every earlier one:
// tests/vectors/records keeps records of each released version.
import { invalidProtobuf } from '../errors.ts';
import { PublicKey } from '../keys/public-key.ts';
import type { Bytes } from '../primitives/bytes.ts';
import { ProtoReader, required } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';
import type { DoubleRatchet, ReceiverChain, SenderChain } from '../ratchet/double-ratchet.ts';
import { decodeSkippedKeys, encodeSkippedKeys } from '../skipped-keys.ts';
import { decodeSpqr, writeSpqr } from '../spqr/storage.ts';
import type { PendingPreKey, SessionState } from './session-state.ts';

const FORMAT_VERSION = 1;

const RECORD = { current: 1, archived: 2 } as const;

const STATE = {
  version: 1,
  localIdentity: 2,
  remoteIdentity: 3,
  rootKey: 4,
  previousCounter: 5,
  senderChain: 6,
  receiverChain: 7,
  spqr: 8,
  pending: 9,
  localRegistrationId: 10,
  remoteRegistrationId: 11,
  baseKey: 12,
} as const;

const CHAIN = { publicKey: 1, privateKey: 2, key: 3, index: 4, skipped: 5 } as const;

const PENDING = {
  preKeyId: 1,
  signedPreKeyId: 2,
  kyberPreKeyId: 3,
  kyberCiphertext: 4,
  baseKey: 5,
  createdAtSeconds: 6,
} as const;

/** Archived states stay encoded: most are never needed again, and a damaged one must not cost the others. */
export interface StoredRecord {
  readonly current: SessionState | null;
  readonly archived: readonly Bytes[];
}

export function encodeRecord(record: StoredRecord): Bytes {
  return new ProtoWriter(FORMAT_VERSION)
    .message(RECORD.current, record.current === null ? undefined : writeState(record.current))
    .repeated(RECORD.archived, record.archived)
    .finish();
}

export function decodeRecord(data: Bytes): StoredRecord {
  if (data[0] !== FORMAT_VERSION) throw invalidProtobuf();
  const reader = new ProtoReader(data.subarray(1));
  const current = reader.bytes(RECORD.current);
  return { current: current === undefined ? null : decodeState(current), archived: reader.repeated(RECORD.archived) };
}

export function encodeState(state: SessionState): Bytes {
  return writeState(state).finish();
}

function writeState(state: SessionState): ProtoWriter {
  const { ratchet, spqr } = state.triple;
  return new ProtoWriter()
    .uint(STATE.version, state.version)
    .bytes(STATE.localIdentity, state.localIdentity.serialize())
    .bytes(STATE.remoteIdentity, state.remoteIdentity.serialize())
    .bytes(STATE.rootKey, ratchet.rootKey)
    .uint(STATE.previousCounter, ratchet.previousCounter)
    .message(STATE.senderChain, ratchet.senderChain === null ? undefined : writeSenderChain(ratchet.senderChain))
    .messages(STATE.receiverChain, ratchet.receiverChains.map(writeReceiverChain))
    .message(STATE.spqr, writeSpqr(spqr))
    .message(STATE.pending, state.pending === null ? undefined : writePending(state.pending))
    .uint(STATE.localRegistrationId, state.localRegistrationId)
    .uint(STATE.remoteRegistrationId, state.remoteRegistrationId)
    .bytes(STATE.baseKey, state.baseKey.serialize());
}

export function decodeState(data: Bytes): SessionState {
  const reader = new ProtoReader(data);
  const publicKey = (tag: number): PublicKey => PublicKey.deserialize(required(reader.bytes(tag)));
  const pending = reader.bytes(STATE.pending);
  return {
    version: required(reader.uint32(STATE.version)),
    localIdentity: publicKey(STATE.localIdentity),
    remoteIdentity: publicKey(STATE.remoteIdentity),
    triple: { ratchet: decodeRatchet(reader), spqr: decodeSpqr(required(reader.bytes(STATE.spqr))) },
    pending: pending === undefined ? null : decodePending(pending),
    localRegistrationId: required(reader.uint32(STATE.localRegistrationId)),
    remoteRegistrationId: required(reader.uint32(STATE.remoteRegistrationId)),
    baseKey: publicKey(STATE.baseKey),
  };
}

function decodeRatchet(reader: ProtoReader): DoubleRatchet {
  const senderChain = reader.bytes(STATE.senderChain);
  return {
    rootKey: required(reader.bytes(STATE.rootKey)),
    previousCounter: required(reader.uint32(STATE.previousCounter)),
    senderChain: senderChain === undefined ? null : decodeSenderChain(senderChain),
    receiverChains: reader.repeated(STATE.receiverChain).map(decodeReceiverChain),
  };
}

function writeSenderChain({ ratchetKey, chainKey }: SenderChain): ProtoWriter {
  return new ProtoWriter()
    .bytes(CHAIN.publicKey, ratchetKey.publicKey)
    .bytes(CHAIN.privateKey, ratchetKey.privateKey)
    .bytes(CHAIN.key, chainKey.key)
    .uint(CHAIN.index, chainKey.index);
}

function decodeSenderChain(data: Bytes): SenderChain {
  const reader = new ProtoReader(data);
  const ratchetKey = {
    publicKey: required(reader.bytes(CHAIN.publicKey)),
    privateKey: required(reader.bytes(CHAIN.privateKey)),
  };
  return { ratchetKey, chainKey: decodeChainKey(reader) };
}

function writeReceiverChain({ ratchetKey, chainKey, skipped }: ReceiverChain): ProtoWriter {
  return new ProtoWriter()
    .bytes(CHAIN.publicKey, ratchetKey)
    .bytes(CHAIN.key, chainKey.key)
    .uint(CHAIN.index, chainKey.index)
    .bytes(CHAIN.skipped, encodeSkippedKeys(skipped));
}

function decodeReceiverChain(data: Bytes): ReceiverChain {
  const reader = new ProtoReader(data);
  return {
    ratchetKey: required(reader.bytes(CHAIN.publicKey)),
    chainKey: decodeChainKey(reader),
    skipped: decodeSkippedKeys(reader.bytes(CHAIN.skipped)),
  };
}

function decodeChainKey(reader: ProtoReader): { key: Bytes; index: number } {
  return { key: required(reader.bytes(CHAIN.key)), index: required(reader.uint32(CHAIN.index)) };
}

function writePending(pending: PendingPreKey): ProtoWriter {
  return new ProtoWriter()
    .uint(PENDING.preKeyId, pending.preKeyId ?? undefined)
    .uint(PENDING.signedPreKeyId, pending.signedPreKeyId)
    .uint(PENDING.kyberPreKeyId, pending.kyberPreKeyId)
    .bytes(PENDING.kyberCiphertext, pending.kyberCiphertext)
    .bytes(PENDING.baseKey, pending.baseKey.serialize())
    .uint(PENDING.createdAtSeconds, pending.createdAtSeconds);
}

function decodePending(data: Bytes): PendingPreKey {
  const reader = new ProtoReader(data);
  return {
    preKeyId: reader.uint32(PENDING.preKeyId) ?? null,
    signedPreKeyId: required(reader.uint32(PENDING.signedPreKeyId)),
    kyberPreKeyId: required(reader.uint32(PENDING.kyberPreKeyId)),
    kyberCiphertext: required(reader.bytes(PENDING.kyberCiphertext)),
    baseKey: PublicKey.deserialize(required(reader.bytes(PENDING.baseKey))),
    createdAtSeconds: required(reader.uint64(PENDING.createdAtSeconds)),
  };
}
