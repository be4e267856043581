// A one-time pre-key as its owner keeps it. Stored in libsignal's own layout, which is plain and stable.
import { parsing } from '../errors.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { decode, encode, type Schema, uint32, type Values } from '../proto/message.ts';
import { privateKey, publicKey } from './key-fields.ts';
import type { PrivateKey } from './private-key.ts';
import type { PublicKey } from './public-key.ts';

const RECORD = { id: [1, uint32, 0], publicKey: [2, publicKey], privateKey: [3, privateKey] } as const satisfies Schema;

export class PreKeyRecord {
  readonly #serialized: Bytes;
  readonly #fields: Values<typeof RECORD>;

  private constructor(serialized: Bytes) {
    this.#serialized = serialized;
    this.#fields = decode(RECORD, serialized);
  }

  static new(id: number, pubKey: PublicKey, privKey: PrivateKey): PreKeyRecord {
    return new PreKeyRecord(encode(RECORD, { id, publicKey: pubKey, privateKey: privKey }));
  }

  static deserialize(buffer: Bytes): PreKeyRecord {
    return parsing('PreKeyRecord_Deserialize', buffer, (copy) => new PreKeyRecord(copy));
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
}
