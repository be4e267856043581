// A symmetric-key chain (Double Ratchet, section 2.2; KDF_CK of section 7.2).
import type { Bytes } from '../primitives/bytes.ts';
import { hkdf, hmacSha256Pair } from '../primitives/hkdf.ts';
import { encodeUtf8 } from '../primitives/utf8.ts';
import type { ChainStep } from '../skip-messages.ts';

export interface ChainKey {
  readonly key: Bytes;
  /** Index of the message that comes next; the first has index 0. */
  readonly index: number;
}

export interface MessageKeys {
  readonly cipherKey: Bytes;
  readonly macKey: Bytes;
  readonly iv: Bytes;
}

const MESSAGE_SEED = Uint8Array.of(1);
const NEXT_CHAIN_KEY = Uint8Array.of(2);
const MESSAGE_KEYS = encodeUtf8('WhisperMessageKeys');

/** The key is what a message key is made of. Skipped messages keep it as it is: SPQR's part comes only with the message. */
export function advanceChain(chain: ChainKey): ChainStep<ChainKey> {
  const [seed, nextKey] = hmacSha256Pair(chain.key, MESSAGE_SEED, NEXT_CHAIN_KEY);
  return { key: seed, next: { key: nextKey, index: chain.index + 1 } };
}

/** Both ratchets meet here: the seed of one, salted with the key of the other (Double Ratchet, section 5.3). */
export function deriveMessageKeys(seed: Bytes, spqrKey: Bytes): MessageKeys {
  const derived = hkdf(seed, spqrKey, MESSAGE_KEYS, 80);
  return { cipherKey: derived.slice(0, 32), macKey: derived.slice(32, 64), iv: derived.slice(64) };
}
