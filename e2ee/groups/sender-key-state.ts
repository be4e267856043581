// One chain of one sender, and who may sign for it.
import { PrivateKey } from '../keys/private-key.ts';
import { PublicKey } from '../keys/public-key.ts';
import type { Bytes } from '../primitives/bytes.ts';
import { ProtoReader, required } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';
import { decodeSkippedKeys, encodeSkippedKeys, NO_SKIPPED_KEYS, type SkippedKeys } from '../skipped-keys.ts';
import type { SenderChainKey } from './sender-chain-key.ts';

export interface SenderKeyState {
  readonly version: number;
  readonly chainId: number;
  readonly chain: SenderChainKey;
  readonly signingKey: PublicKey;
  /** Only the sender has it. */
  readonly signingPrivateKey: PrivateKey | null;
  /** Seeds of messages that have not arrived. */
  readonly skipped: SkippedKeys;
}

const TAG = {
  version: 1,
  chainId: 2,
  iteration: 3,
  chainKey: 4,
  signingKey: 5,
  signingPrivateKey: 6,
  skipped: 7,
} as const;

export function createSenderKeyState(state: Omit<SenderKeyState, 'skipped'>): SenderKeyState {
  return { ...state, skipped: NO_SKIPPED_KEYS };
}

export function encodeSenderKeyState(state: SenderKeyState): Bytes {
  return new ProtoWriter()
    .uint(TAG.version, state.version)
    .uint(TAG.chainId, state.chainId)
    .uint(TAG.iteration, state.chain.iteration)
    .bytes(TAG.chainKey, state.chain.key)
    .bytes(TAG.signingKey, state.signingKey.serialize())
    .bytes(TAG.signingPrivateKey, state.signingPrivateKey?.serialize())
    .bytes(TAG.skipped, encodeSkippedKeys(state.skipped))
    .finish();
}

export function decodeSenderKeyState(data: Bytes): SenderKeyState {
  const reader = new ProtoReader(data);
  const signingPrivateKey = reader.bytes(TAG.signingPrivateKey);
  return {
    version: required(reader.uint32(TAG.version)),
    chainId: required(reader.uint32(TAG.chainId)),
    chain: { iteration: required(reader.uint32(TAG.iteration)), key: required(reader.bytes(TAG.chainKey)) },
    signingKey: PublicKey.deserialize(required(reader.bytes(TAG.signingKey))),
    signingPrivateKey: signingPrivateKey === undefined ? null : PrivateKey.deserialize(signingPrivateKey),
    skipped: decodeSkippedKeys(reader.bytes(TAG.skipped)),
  };
}
