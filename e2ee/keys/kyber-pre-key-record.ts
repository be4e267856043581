// A Kyber pre-key as its owner keeps it: one-time or last-resort, which only the store knows.
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { KEMKeyPair, KEMPublicKey, KEMSecretKey } from './kem-keys.ts';
import { decodeSignedRecord, encodeSignedRecord, type SignedRecordFields } from './signed-record.ts';

/** What others get to see of it. */
export interface SignedKyberPublicPreKey {
  id: () => number;
  publicKey: () => KEMPublicKey;
  signature: () => Bytes;
}

export class KyberPreKeyRecord implements SignedKyberPublicPreKey {
  readonly #serialized: Bytes;
  readonly #fields: SignedRecordFields;
  private readonly pair: KEMKeyPair;

  private constructor(serialized: Bytes) {
    this.#serialized = serialized;
    this.#fields = decodeSignedRecord(serialized);
    this.pair = new KEMKeyPair(
      KEMPublicKey.deserialize(this.#fields.publicKey),
      KEMSecretKey.deserialize(this.#fields.privateKey),
    );
  }

  static new(id: number, timestamp: number, keyPair: KEMKeyPair, signature: Bytes): KyberPreKeyRecord {
    const publicKey = keyPair.getPublicKey().serialize();
    const privateKey = keyPair.getSecretKey().serialize();
    return new KyberPreKeyRecord(encodeSignedRecord({ id, timestamp, signature, publicKey, privateKey }));
  }

  static deserialize(buffer: Bytes): KyberPreKeyRecord {
    return new KyberPreKeyRecord(copyBytes(buffer));
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  id(): number {
    return this.#fields.id;
  }

  keyPair(): KEMKeyPair {
    return this.pair;
  }

  publicKey(): KEMPublicKey {
    return this.pair.getPublicKey();
  }

  secretKey(): KEMSecretKey {
    return this.pair.getSecretKey();
  }

  signature(): Bytes {
    return copyBytes(this.#fields.signature);
  }

  timestamp(): number {
    return this.#fields.timestamp;
  }
}
