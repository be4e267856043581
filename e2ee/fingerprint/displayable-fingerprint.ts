// A safety number as people read it: sixty digits, thirty of each side.

const CHUNKS = 6;
const CHUNK_BYTES = 5;
const MODULUS = 100_000;

export class DisplayableFingerprint {
  readonly #display: string;

  private constructor(display: string) {
    this.#display = display;
  }

  static _fromString(display: string): DisplayableFingerprint {
    return new DisplayableFingerprint(display);
  }

  /** The smaller half first, so that both sides read the same. */
  static fromHashes(local: Uint8Array, remote: Uint8Array): DisplayableFingerprint {
    return new DisplayableFingerprint([toDigits(local), toDigits(remote)].sort().join(''));
  }

  toString(): string {
    return this.#display;
  }
}

/** Six big-endian numbers of 40 bits, each modulo 100,000. */
function toDigits(hash: Uint8Array): string {
  let digits = '';
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    const bytes = hash.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES);
    const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    digits += String(value % MODULUS).padStart(5, '0');
  }
  return digits;
}
