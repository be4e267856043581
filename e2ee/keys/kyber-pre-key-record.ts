// A Kyber pre-key as its owner keeps it: one-time or last-resort, which only the store knows.
import { parsing } from '../errors.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { bytes, converted, decode, encode, exactInteger, type Values } from '../proto/message.ts';
import { KEMKeyPair, KEMPublicKey, KEMSecretKey } from './kem-keys.ts';
import { signedRecord } from './signed-record.ts';

const RECORD = /* @__PURE__ */ signedRecord(
  converted(
    bytes,
    (raw) => KEMPublicKey.deserialize(raw),
    (key: KEMPublicKey) => key.serialize(),
  ),
  converted(
    bytes,
    (raw) => KEMSecretKey.deserialize(raw),
    (key: KEMSecretKey) => key.serialize(),
  ),
);

/** What others get to see of it. */
export interface SignedKyberPublicPreKey {
  id: () => number;
  publicKey: () => KEMPublicKey;
  signature: () => Bytes;
}

export class KyberPreKeyRecord implements SignedKyberPublicPreKey {
  readonly #serialized: Bytes;
  readonly #fields: Values<typeof RECORD>;

  private constructor(serialized: Bytes) {
    this.#serialized = serialized;
    this.#fields = decode(RECORD, serialized);
  }

  static new(id: number, timestamp: number, keyPair: KEMKeyPair, signature: Bytes): KyberPreKeyRecord {
    const keys = { publicKey: keyPair.getPublicKey(), privateKey: keyPair.getSecretKey() };
    return new KyberPreKeyRecord(encode(RECORD, { id, ...keys, signature, timestamp }));
  }

  static deserialize(buffer: Bytes): KyberPreKeyRecord {
    return parsing('KyberPreKeyRecord_Deserialize', buffer, (copy) => new KyberPreKeyRecord(copy));
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  id(): number {
    return this.#fields.id;
  }

  keyPair(): KEMKeyPair {
    return new KEMKeyPair(this.publicKey(), this.secretKey());
  }

  publicKey(): KEMPublicKey {
    return this.#fields.publicKey;
  }

  secretKey(): KEMSecretKey {
    return this.#fields.privateKey;
  }

  signature(): Bytes {
    return copyBytes(this.#fields.signature);
  }

  timestamp(): number {
    return exactInteger(this.#fields.timestamp);
  }
}
