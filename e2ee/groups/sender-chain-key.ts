// The chain of a sender key: like a symmetric ratchet, but the whole group can follow it.
import { failure } from '../errors.ts';
import type { Bytes } from '../primitives/bytes.ts';
import { hkdf, hmacSha256 } from '../primitives/hkdf.ts';
import { encodeUtf8 } from '../primitives/utf8.ts';

export interface SenderChainKey {
  readonly iteration: number;
  readonly key: Bytes;
}

export interface SenderMessageKey {
  readonly iv: Bytes;
  readonly cipherKey: Bytes;
}

const MESSAGE_SEED = Uint8Array.of(1);
const NEXT_CHAIN_KEY = Uint8Array.of(2);
const INFO = encodeUtf8('WhisperGroup');
const MAX_ITERATION = 0xffff_ffff;

export function senderMessageSeed(chain: SenderChainKey): Bytes {
  return hmacSha256(chain.key, MESSAGE_SEED);
}

export function nextSenderChainKey(chain: SenderChainKey): SenderChainKey {
  if (chain.iteration === MAX_ITERATION) {
    throw failure('invalid state for call to sender_chain_key_next to succeed: Sender chain is too long');
  }
  return { iteration: chain.iteration + 1, key: hmacSha256(chain.key, NEXT_CHAIN_KEY) };
}

export function deriveSenderMessageKey(seed: Bytes): SenderMessageKey {
  const derived = hkdf(seed, null, INFO, 48);
  return { iv: derived.slice(0, 16), cipherKey: derived.slice(16) };
}
