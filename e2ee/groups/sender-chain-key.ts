// The chain of a sender key: a symmetric-key chain that the whole group can follow. Its index is called iteration.
import { failure } from '../errors.ts';
import type { Bytes } from '../primitives/bytes.ts';
import { hkdf } from '../primitives/hkdf.ts';
import { encodeUtf8 } from '../primitives/utf8.ts';
import { advanceChain, type ChainKey } from '../ratchet/chain-key.ts';
import type { ChainStep } from '../skip-messages.ts';

export interface SenderMessageKey {
  readonly iv: Bytes;
  readonly cipherKey: Bytes;
}

const INFO = encodeUtf8('WhisperGroup');
const MAX_ITERATION = 0xffff_ffff;

export function advanceSenderChain(chain: ChainKey): ChainStep<ChainKey> {
  if (chain.index === MAX_ITERATION) {
    throw failure('invalid state for call to sender_chain_key_next to succeed: Sender chain is too long');
  }
  return advanceChain(chain);
}

export function deriveSenderMessageKey(seed: Bytes): SenderMessageKey {
  const derived = hkdf(seed, null, INFO, 48);
  return { iv: derived.slice(0, 16), cipherKey: derived.slice(16) };
}
