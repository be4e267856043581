// One chain of one sender, and who may sign for it.
import { privateKey, publicKey } from '../keys/key-fields.ts';
import type { PrivateKey } from '../keys/private-key.ts';
import type { PublicKey } from '../keys/public-key.ts';
import type { ChainKey } from '../ratchet/chain-key.ts';
import { bytes, converted, decode, encode, type Schema, uint32 } from '../proto/message.ts';
import { NO_SKIPPED_KEYS, skippedKeys, type SkippedKeys } from '../skipped-keys.ts';

export interface SenderKeyState {
  readonly version: number;
  readonly chainId: number;
  readonly chain: ChainKey;
  readonly signingKey: PublicKey;
  /** Only the sender has it. */
  readonly signingPrivateKey: PrivateKey | null;
  /** Seeds of messages that have not arrived. */
  readonly skipped: SkippedKeys;
}

const STATE = {
  version: [1, uint32],
  chainId: [2, uint32],
  /** The iteration. */
  index: [3, uint32],
  key: [4, bytes],
  signingKey: [5, publicKey],
  signingPrivateKey: [6, privateKey, null],
  skipped: [7, skippedKeys, NO_SKIPPED_KEYS],
} as const satisfies Schema;

export function createSenderKeyState(state: Omit<SenderKeyState, 'skipped'>): SenderKeyState {
  return { ...state, skipped: NO_SKIPPED_KEYS };
}

export const senderKeyState = /* @__PURE__ */ converted(
  bytes,
  (data): SenderKeyState => {
    const { index, key, ...state } = decode(STATE, data);
    return { ...state, chain: { index, key } };
  },
  (state: SenderKeyState) => encode(STATE, { ...state, ...state.chain }),
);
