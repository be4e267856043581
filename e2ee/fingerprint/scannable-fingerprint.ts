// A safety number as phones scan it.
import { failure, inOperation } from '../errors.ts';
import { type Bytes, copyBytes, equalBytes } from '../primitives/bytes.ts';
import { ProtoReader } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';

const TAG = { version: 1, local: 2, remote: 3 } as const;
const CONTENT_TAG = 1;
const HASH_BYTES = 32;

interface Scanned {
  readonly version: number;
  readonly local: Bytes;
  readonly remote: Bytes;
}

export class ScannableFingerprint {
  private readonly scannable: Bytes;

  private constructor(scannable: Bytes) {
    this.scannable = scannable;
  }

  static _fromBuffer(scannable: Bytes): ScannableFingerprint {
    return new ScannableFingerprint(copyBytes(scannable));
  }

  static fromHashes(version: number, local: Bytes, remote: Bytes): ScannableFingerprint {
    return new ScannableFingerprint(
      new ProtoWriter()
        .uint(TAG.version, version)
        .bytes(TAG.local, new ProtoWriter().bytes(CONTENT_TAG, local.subarray(0, HASH_BYTES)).finish())
        .bytes(TAG.remote, new ProtoWriter().bytes(CONTENT_TAG, remote.subarray(0, HASH_BYTES)).finish())
        .finish(),
    );
  }

  /** Theirs must be ours seen from the other side. Throws if the versions differ. */
  compare(other: ScannableFingerprint): boolean {
    return inOperation('ScannableFingerprint_Compare', () => {
      const ours = decode(this.scannable);
      const theirs = decode(other.scannable);
      if (ours.version !== theirs.version) {
        throw failure(`fingerprint version number mismatch them ${theirs.version} us ${ours.version}`);
      }
      const theyMatchUs = equalBytes(theirs.local, ours.remote);
      const weMatchThem = equalBytes(theirs.remote, ours.local);
      return theyMatchUs && weMatchThem;
    });
  }

  toBuffer(): Bytes {
    return copyBytes(this.scannable);
  }
}

function decode(scannable: Bytes): Scanned {
  const reader = new ProtoReader(scannable);
  const version = reader.uint32(TAG.version);
  const local = contentOf(reader.bytes(TAG.local));
  const remote = contentOf(reader.bytes(TAG.remote));
  if (version === undefined || local === undefined || remote === undefined) {
    throw failure('fingerprint parsing error: a field is missing');
  }
  return { version, local, remote };
}

function contentOf(logical: Bytes | undefined): Bytes | undefined {
  return logical && new ProtoReader(logical).bytes(CONTENT_TAG);
}
