// ServerCertificate: the trust root's word for the key that signs sender certificates.
import { parsing } from '../errors.ts';
import type { PrivateKey } from '../keys/private-key.ts';
import { publicKey } from '../keys/key-fields.ts';
import type { PublicKey } from '../keys/public-key.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import { bytes, decode, encode, type Schema, uint32, type Values } from '../proto/message.ts';

/** Of both kinds of certificate: what is signed, and the signature. */
export const SIGNED = { certificate: [1, bytes], signature: [2, bytes] } as const satisfies Schema;
const CERTIFICATE = { id: [1, uint32], key: [2, publicKey] } as const satisfies Schema;

/** A key of the Signal service that was revoked for good; refused here too, so that both libraries agree. */
const REVOKED_KEY_IDS: readonly number[] = [0xdeadc357];

export class ServerCertificate {
  readonly #serialized: Bytes;
  readonly #signed: Values<typeof SIGNED>;
  readonly #fields: Values<typeof CERTIFICATE>;

  private constructor(serialized: Bytes) {
    this.#serialized = serialized;
    this.#signed = decode(SIGNED, serialized);
    this.#fields = decode(CERTIFICATE, this.#signed.certificate);
  }

  static new(
    keyId: number,
    serverKey: PublicKey,
    trustRoot: PrivateKey,
    random: RandomSource = systemRandom,
  ): ServerCertificate {
    const certificate = encode(CERTIFICATE, { id: keyId, key: serverKey });
    return new ServerCertificate(signCertificate(certificate, trustRoot, random));
  }

  static deserialize(buffer: Uint8Array): ServerCertificate {
    return parsing('ServerCertificate_Deserialize', buffer, (copy) => new ServerCertificate(copy));
  }

  certificateData(): Bytes {
    return copyBytes(this.#signed.certificate);
  }

  key(): PublicKey {
    return this.#fields.key;
  }

  keyId(): number {
    return this.#fields.id;
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  signature(): Bytes {
    return copyBytes(this.#signed.signature);
  }

  isRevoked(): boolean {
    return REVOKED_KEY_IDS.includes(this.#fields.id);
  }
}

export function signCertificate(certificate: Bytes, key: PrivateKey, random: RandomSource): Bytes {
  return encode(SIGNED, { certificate, signature: key.sign(certificate, random) });
}
