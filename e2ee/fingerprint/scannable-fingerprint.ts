// A safety number as phones scan it.
import { failure, inOperation } from '../errors.ts';
import { type Bytes, copyBytes, equalBytes } from '../primitives/bytes.ts';
import { bytes, converted, decode, encode, type Schema, uint32 } from '../proto/message.ts';

const HASH_BYTES = 32;

/** One side's half. */
const LOGICAL = { content: [1, bytes, undefined] } as const satisfies Schema;
const logical = /* @__PURE__ */ converted(
  bytes,
  (data) => decode(LOGICAL, data).content,
  (hash: Bytes | undefined) => encode(LOGICAL, { content: hash?.subarray(0, HASH_BYTES) }),
);
const SCANNABLE = {
  version: [1, uint32, undefined],
  local: [2, logical, undefined],
  remote: [3, logical, undefined],
} as const satisfies Schema;

interface Scanned {
  readonly version: number;
  readonly local: Bytes;
  readonly remote: Bytes;
}

export class ScannableFingerprint {
  readonly #scannable: Bytes;

  private constructor(scannable: Bytes) {
    this.#scannable = scannable;
  }

  static _fromBuffer(scannable: Bytes): ScannableFingerprint {
    return new ScannableFingerprint(copyBytes(scannable));
  }

  static fromHashes(version: number, local: Bytes, remote: Bytes): ScannableFingerprint {
    return new ScannableFingerprint(encode(SCANNABLE, { version, local, remote }));
  }

  /** Theirs must be ours seen from the other side. Throws if the versions differ. */
  compare(other: ScannableFingerprint): boolean {
    return inOperation('ScannableFingerprint_Compare', () => {
      const ours = decodeScanned(this.#scannable);
      const theirs = decodeScanned(other.#scannable);
      if (ours.version !== theirs.version) {
        throw failure(`fingerprint version number mismatch them ${theirs.version} us ${ours.version}`);
      }
      const theyMatchUs = equalBytes(theirs.local, ours.remote);
      const weMatchThem = equalBytes(theirs.remote, ours.local);
      return theyMatchUs && weMatchThem;
    });
  }

  toBuffer(): Bytes {
    return copyBytes(this.#scannable);
  }
}

function decodeScanned(scannable: Bytes): Scanned {
  const { version, local, remote } = decode(SCANNABLE, scannable);
  if (version === undefined || local === undefined || remote === undefined) {
    throw failure('fingerprint parsing error: a field is missing');
  }
  return { version, local, remote };
}
