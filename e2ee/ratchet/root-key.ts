// The root chain (Double Ratchet, section 2.3: the Diffie-Hellman ratchet; KDF_RK of section 7.2).
import { agreeRaw } from '../keys/private-key.ts';
import type { Bytes } from '../primitives/bytes.ts';
import { hkdf } from '../primitives/hkdf.ts';
import { encodeUtf8 } from '../primitives/utf8.ts';

const RATCHET = encodeUtf8('WhisperRatchet');

export interface RootStep {
  readonly rootKey: Bytes;
  readonly chainKey: Bytes;
}

export async function stepRoot(rootKey: Bytes, ourPrivateKey: Bytes, theirPublicKey: Bytes): Promise<RootStep> {
  return deriveRootStep(rootKey, await agreeRaw(ourPrivateKey, theirPublicKey));
}

export function deriveRootStep(rootKey: Bytes, sharedSecret: Bytes): RootStep {
  const derived = hkdf(sharedSecret, rootKey, RATCHET, 64);
  return { rootKey: derived.slice(0, 32), chainKey: derived.slice(32) };
}
