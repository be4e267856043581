// An X25519 private key; it also makes XEdDSA signatures.
import { failure, inOperation } from '../errors.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import { agree, agreeSync, clampScalar, derivePublicKeySync } from '../primitives/x25519.ts';
import { signXeddsa, SIGNATURE_RANDOM_BYTES } from '../primitives/xeddsa.ts';
import { badKeyLength } from './key-type.ts';
import { PublicKey } from './public-key.ts';

export const PRIVATE_KEY_BYTES = 32;

export class PrivateKey {
  // Truly private, so that printing or serializing an object that holds a key does not print the key.
  readonly #scalar: Bytes;
  #publicKey: PublicKey | undefined;

  private constructor(scalar: Bytes) {
    this.#scalar = scalar;
  }

  static generate(random: RandomSource = systemRandom): PrivateKey {
    return PrivateKey.deserialize(random(PRIVATE_KEY_BYTES));
  }

  static deserialize(buf: Uint8Array): PrivateKey {
    return inOperation('PrivateKey_Deserialize', () => {
      if (buf.length !== PRIVATE_KEY_BYTES) throw badKeyLength(buf);
      return new PrivateKey(clampScalar(buf));
    });
  }

  serialize(): Bytes {
    return copyBytes(this.#scalar);
  }

  sign(msg: Uint8Array, random: RandomSource = systemRandom): Bytes {
    return signXeddsa(this.#scalar, msg, random(SIGNATURE_RANDOM_BYTES));
  }

  agree(other_key: PublicKey): Bytes {
    const publicKey = other_key.getPublicKeyBytes();
    return inOperation('ECPrivateKey_Agree', () => requireAgreement(agreeSync(this.#scalar, publicKey)));
  }

  getPublicKey(): PublicKey {
    this.#publicKey ??= PublicKey.fromRaw(derivePublicKeySync(this.#scalar));
    return this.#publicKey;
  }
}

/** As PrivateKey.agree, of raw keys and by WebCrypto where it is present. */
export async function agreeRaw(privateKey: Bytes, publicKey: Bytes): Promise<Bytes> {
  return requireAgreement(await agree(privateKey, publicKey));
}

function requireAgreement(secret: Bytes | null): Bytes {
  if (secret === null) throw failure('invalid key agreement');
  return secret;
}
