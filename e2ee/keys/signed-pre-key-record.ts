// A signed pre-key as its owner keeps it.
import { parsing } from '../errors.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { decode, encode, exactInteger, type Values } from '../proto/message.ts';
import { privateKey, publicKey } from './key-fields.ts';
import type { PrivateKey } from './private-key.ts';
import type { PublicKey } from './public-key.ts';
import { signedRecord } from './signed-record.ts';

const RECORD = /* @__PURE__ */ signedRecord(publicKey, privateKey);

/** What others get to see of it. */
export interface SignedPublicPreKey {
  id: () => number;
  publicKey: () => PublicKey;
  signature: () => Bytes;
}

export class SignedPreKeyRecord implements SignedPublicPreKey {
  readonly #serialized: Bytes;
  readonly #fields: Values<typeof RECORD>;

  private constructor(serialized: Bytes) {
    this.#serialized = serialized;
    this.#fields = decode(RECORD, serialized);
  }

  static new(
    id: number,
    timestamp: number,
    pubKey: PublicKey,
    privKey: PrivateKey,
    signature: Bytes,
  ): SignedPreKeyRecord {
    const fields = { id, publicKey: pubKey, privateKey: privKey, signature, timestamp };
    return new SignedPreKeyRecord(encode(RECORD, fields));
  }

  static deserialize(buffer: Bytes): SignedPreKeyRecord {
    return parsing('SignedPreKeyRecord_Deserialize', buffer, (copy) => new SignedPreKeyRecord(copy));
  }

  id(): number {
    return this.#fields.id;
  }

  privateKey(): PrivateKey {
    return this.#fields.privateKey;
  }

  publicKey(): PublicKey {
    return this.#fields.publicKey;
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  signature(): Bytes {
    return copyBytes(this.#fields.signature);
  }

  timestamp(): number {
    return exactInteger(this.#fields.timestamp);
  }
}
