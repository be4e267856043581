// Kyber-1024 keys as they travel: a type byte and the key.
import { failure, inOperation } from '../errors.ts';
import { type Bytes, concatBytes, copyBytes, equalBytes } from '../primitives/bytes.ts';
import {
  generateKyberKeyPair,
  KYBER_CIPHERTEXT_BYTES,
  KYBER_PUBLIC_KEY_BYTES,
  KYBER_SECRET_KEY_BYTES,
  KYBER_SEED_BYTES,
} from '../primitives/kyber1024.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import { requireKeyType } from './key-type.ts';

/** Kyber-1024, round 3. Kyber-768 (0x07) and ML-KEM-1024 (0x0A) have numbers, but libsignal 0.103 refuses them too. */
const KYBER1024_TYPE = 0x08;

export class KEMPublicKey {
  readonly #raw: Bytes;

  private constructor(raw: Bytes) {
    this.#raw = raw;
  }

  static deserialize(buf: Uint8Array): KEMPublicKey {
    return inOperation('KyberPublicKey_Deserialize', () => new KEMPublicKey(withoutType(buf, KYBER_PUBLIC_KEY_BYTES)));
  }

  serialize(): Bytes {
    return withType(this.#raw);
  }

  getPublicKeyBytes(): Bytes {
    return copyBytes(this.#raw);
  }

  equals(other: KEMPublicKey): boolean {
    return equalBytes(this.#raw, other.#raw);
  }
}

export class KEMSecretKey {
  readonly #raw: Bytes;

  private constructor(raw: Bytes) {
    this.#raw = raw;
  }

  static deserialize(buf: Uint8Array): KEMSecretKey {
    return inOperation('KyberSecretKey_Deserialize', () => new KEMSecretKey(withoutType(buf, KYBER_SECRET_KEY_BYTES)));
  }

  serialize(): Bytes {
    return withType(this.#raw);
  }
}

export class KEMKeyPair {
  readonly #publicKey: KEMPublicKey;
  readonly #secretKey: KEMSecretKey;

  constructor(publicKey: KEMPublicKey, secretKey: KEMSecretKey) {
    this.#publicKey = publicKey;
    this.#secretKey = secretKey;
  }

  static generate(random: RandomSource = systemRandom): KEMKeyPair {
    const { publicKey, secretKey } = generateKyberKeyPair(random(KYBER_SEED_BYTES));
    return new KEMKeyPair(KEMPublicKey.deserialize(withType(publicKey)), KEMSecretKey.deserialize(withType(secretKey)));
  }

  getPublicKey(): KEMPublicKey {
    return this.#publicKey;
  }

  getSecretKey(): KEMSecretKey {
    return this.#secretKey;
  }
}

export function encodeKemCiphertext(ciphertext: Bytes): Bytes {
  return withType(ciphertext);
}

export function decodeKemCiphertext(serialized: Bytes): Bytes {
  return withoutType(serialized, KYBER_CIPHERTEXT_BYTES, 'ciphertext');
}

function withType(raw: Bytes): Bytes {
  return concatBytes(Uint8Array.of(KYBER1024_TYPE), raw);
}

function withoutType(buf: Uint8Array, length: number, what: 'key' | 'ciphertext' = 'key'): Bytes {
  requireKeyType(buf, KYBER1024_TYPE, 'KEM key');
  if (buf.length !== 1 + length) {
    throw failure(`bad KEM ${what} length <${buf.length}> for key with type <Kyber1024 key>`);
  }
  return copyBytes(buf.subarray(1));
}
