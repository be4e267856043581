// Safety numbers: what two people compare to know that nobody is between them.
import { sha512 } from '@noble/hashes/sha2.js';
import { failure, inOperation } from '../errors.ts';
import type { PublicKey } from '../keys/public-key.ts';
import { MAX_FINGERPRINT_ITERATIONS, MIN_FINGERPRINT_ITERATIONS } from '../limits.ts';
import { type Bytes, concatBytes } from '../primitives/bytes.ts';
import { DisplayableFingerprint } from './displayable-fingerprint.ts';
import { ScannableFingerprint } from './scannable-fingerprint.ts';

/** Before the first hash; not the version that is an argument, which only says how a scanned code is to be read. */
const HASH_VERSION = Uint8Array.of(0, 0);

export class Fingerprint {
  readonly #displayable: DisplayableFingerprint;
  readonly #scannable: ScannableFingerprint;

  private constructor(displayable: DisplayableFingerprint, scannable: ScannableFingerprint) {
    this.#displayable = displayable;
    this.#scannable = scannable;
  }

  /**
   * @param iterations 2 to 1,000,000; Signal uses 5,200, so that a forger pays for each guess
   * @param localIdentifier what names the account: its ACI's bytes, or formerly its number
   */
  static new(
    iterations: number,
    version: number,
    localIdentifier: Bytes,
    localKey: PublicKey,
    remoteIdentifier: Bytes,
    remoteKey: PublicKey,
  ): Fingerprint {
    return inOperation('Fingerprint_New', () => {
      if (iterations < MIN_FINGERPRINT_ITERATIONS || iterations > MAX_FINGERPRINT_ITERATIONS) {
        throw failure(`Invalid fingerprint iterations ${iterations}`);
      }
      const local = hashIdentity(iterations, localIdentifier, localKey);
      const remote = hashIdentity(iterations, remoteIdentifier, remoteKey);
      return new Fingerprint(
        DisplayableFingerprint.fromHashes(local, remote),
        ScannableFingerprint.fromHashes(version, local, remote),
      );
    });
  }

  displayableFingerprint(): DisplayableFingerprint {
    return this.#displayable;
  }

  scannableFingerprint(): ScannableFingerprint {
    return this.#scannable;
  }
}

function hashIdentity(iterations: number, identifier: Bytes, key: PublicKey): Bytes {
  const keyBytes = key.serialize();
  let hash: Bytes = sha512(concatBytes(HASH_VERSION, keyBytes, identifier, keyBytes));
  for (let i = 1; i < iterations; i++) hash = sha512(concatBytes(hash, keyBytes));
  return hash;
}
