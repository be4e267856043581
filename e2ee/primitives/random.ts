// Randomness is an argument everywhere; this is what callers who give none get.
import type { Bytes } from './bytes.ts';
import { hostCrypto } from './web-crypto.ts';

/** Gives `length` bytes that nobody else knows. Tests give a seeded one to make a run repeatable. */
export type RandomSource = (length: number) => Bytes;

/** WebCrypto refuses more than this per call. */
const MAX_BYTES_PER_CALL = 65_536;

export const systemRandom: RandomSource = (length) => {
  const host = hostCrypto();
  if (host === undefined) throw new Error('this host has no WebCrypto, so there is no safe source of randomness');
  if (length > MAX_BYTES_PER_CALL) throw new RangeError(`${length} random bytes asked for at once`);
  return host.getRandomValues(new Uint8Array(length));
};
