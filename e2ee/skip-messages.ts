// Passing over messages that have not arrived, in whichever chain (SkipMessageKeys: Double Ratchet, section 3.5).
import { DERIVATIONS_PER_TURN, MAX_MESSAGE_KEYS } from './limits.ts';
import type { Bytes } from './primitives/bytes.ts';
import { yieldToHost } from './primitives/yield-to-host.ts';
import { appendSkippedKeys, SKIPPED_KEY_BYTES, type SkippedKeys } from './skipped-keys.ts';

/** One step of a chain: the key of a message, and the chain after it. */
export interface ChainStep<C> {
  readonly key: Bytes;
  readonly next: C;
}

/**
 * Derives the keys of messages `from` to `to` - 1, and keeps those of the newest MAX_MESSAGE_KEYS. Whoever can make us do
 * this has not been authenticated yet, so the host gets a turn now and then.
 */
export async function skipMessages<C>(
  chain: C,
  skipped: SkippedKeys,
  from: number,
  to: number,
  step: (chain: C) => ChainStep<C>,
): Promise<{ chain: C; skipped: SkippedKeys }> {
  const keepFrom = Math.max(from, to - MAX_MESSAGE_KEYS);
  const keys = new Uint8Array(Math.max(0, to - keepFrom) * SKIPPED_KEY_BYTES);
  let reached = chain;
  for (let index = from; index < to; index++) {
    const { key, next } = step(reached);
    if (index >= keepFrom) keys.set(key, (index - keepFrom) * SKIPPED_KEY_BYTES);
    reached = next;
    if ((index + 1) % DERIVATIONS_PER_TURN === 0) await yieldToHost();
  }
  return { chain: reached, skipped: appendSkippedKeys(skipped, keepFrom, keys, MAX_MESSAGE_KEYS) };
}
