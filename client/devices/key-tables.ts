/** Where the private halves of prekeys are kept. */
import { defineTable } from '../storage/table.ts';

export interface KeyRecord {
  /** As libsignal serializes it. */
  readonly record: Uint8Array;
}

export const preKeys = defineTable<KeyRecord>('pre-keys');
export const signedPreKeys = defineTable<KeyRecord>('signed-pre-keys');
export const kyberPreKeys = defineTable<KeyRecord & { readonly isLastResort: boolean }>('kyber-pre-keys');

/** Base keys seen with a last-resort key: `${kyberPreKeyId}/${signedPreKeyId}/${baseKeyHex}`. */
export const usedBaseKeys = defineTable<true>('used-base-keys');

/** The signed and last-resort keys that the server has, and those that it should get next. */
export interface KeyState {
  readonly signedPreKeyId: number;
  readonly lastResortKyberPreKeyId: number;
  readonly madeAt: number;
}
export const keyStates = defineTable<KeyState>('key-state');
