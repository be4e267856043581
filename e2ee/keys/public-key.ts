// An X25519 public key; it also verifies XEdDSA signatures.
import { inOperation } from '../errors.ts';
import { type Bytes, concatBytes, copyBytes, equalBytes } from '../primitives/bytes.ts';
import { encodeUtf8 } from '../primitives/utf8.ts';
import { badKeyLength, requireKeyType } from './key-type.ts';
import { verifyXeddsa, verifyXeddsaAsync } from '../primitives/xeddsa.ts';

/** The type byte of Curve25519 keys, before the 32 bytes of the u-coordinate. */
const CURVE25519_TYPE = 0x05;
const RAW_BYTES = 32;
export const PUBLIC_KEY_BYTES = 1 + RAW_BYTES;

/** Section 1.10 of the facts: what an identity signs of its other identity. */
const ALTERNATE_IDENTITY_PREFIX = concatBytes(new Uint8Array(32).fill(0xff), encodeUtf8('Signal_PNI_Signature'));

export class PublicKey {
  readonly #raw: Bytes;

  private constructor(raw: Bytes) {
    this.#raw = raw;
  }

  /** Bytes after the 33rd are ignored, as libsignal does. */
  static deserialize(buf: Uint8Array): PublicKey {
    return inOperation('PublicKey_Deserialize', () => {
      requireKeyType(buf, CURVE25519_TYPE, 'key');
      if (buf.length < PUBLIC_KEY_BYTES) throw badKeyLength(buf);
      return new PublicKey(copyBytes(buf.subarray(1, PUBLIC_KEY_BYTES)));
    });
  }

  /** From the 32 bytes of the u-coordinate. */
  static fromRaw(raw: Uint8Array): PublicKey {
    if (raw.length !== RAW_BYTES) throw badKeyLength(raw);
    return new PublicKey(copyBytes(raw));
  }

  equals(other: PublicKey): boolean {
    return equalBytes(this.#raw, other.#raw);
  }

  serialize(): Bytes {
    return concatBytes(Uint8Array.of(CURVE25519_TYPE), this.#raw);
  }

  /** Without the type byte. */
  getPublicKeyBytes(): Bytes {
    return copyBytes(this.#raw);
  }

  verify(msg: Uint8Array, sig: Uint8Array): boolean {
    return verifyXeddsa(this.#raw, msg, sig);
  }

  /** As verify, by WebCrypto where it is present. */
  verifyAsync(msg: Bytes, sig: Bytes): Promise<boolean> {
    return verifyXeddsaAsync(this.#raw, msg, sig);
  }

  verifyAlternateIdentity(other: PublicKey, signature: Uint8Array): boolean {
    return this.verify(alternateIdentityMessage(other), signature);
  }
}

export function alternateIdentityMessage(other: PublicKey): Bytes {
  return concatBytes(ALTERNATE_IDENTITY_PREFIX, other.serialize());
}
