// A signed pre-key as its owner keeps it.
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { PrivateKey } from './private-key.ts';
import { PublicKey } from './public-key.ts';
import { decodeSignedRecord, encodeSignedRecord, type SignedRecordFields } from './signed-record.ts';

/** What others get to see of it. */
export interface SignedPublicPreKey {
  id: () => number;
  publicKey: () => PublicKey;
  signature: () => Bytes;
}

export class SignedPreKeyRecord implements SignedPublicPreKey {
  readonly #serialized: Bytes;
  readonly #fields: SignedRecordFields;
  private readonly pubKey: PublicKey;
  private readonly privKey: PrivateKey;

  private constructor(serialized: Bytes) {
    this.#serialized = serialized;
    this.#fields = decodeSignedRecord(serialized);
    this.pubKey = PublicKey.deserialize(this.#fields.publicKey);
    this.privKey = PrivateKey.deserialize(this.#fields.privateKey);
  }

  static new(
    id: number,
    timestamp: number,
    pubKey: PublicKey,
    privKey: PrivateKey,
    signature: Bytes,
  ): SignedPreKeyRecord {
    const keys = { publicKey: pubKey.serialize(), privateKey: privKey.serialize() };
    return new SignedPreKeyRecord(encodeSignedRecord({ id, timestamp, signature, ...keys }));
  }

  static deserialize(buffer: Bytes): SignedPreKeyRecord {
    return new SignedPreKeyRecord(copyBytes(buffer));
  }

  id(): number {
    return this.#fields.id;
  }

  privateKey(): PrivateKey {
    return this.privKey;
  }

  publicKey(): PublicKey {
    return this.pubKey;
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  signature(): Bytes {
    return copyBytes(this.#fields.signature);
  }

  timestamp(): number {
    return this.#fields.timestamp;
  }
}
