// A one-time pre-key as its owner keeps it. Stored in libsignal's own layout, which is plain and stable.
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { ProtoReader, required } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';
import { PrivateKey } from './private-key.ts';
import { PublicKey } from './public-key.ts';

const TAG = { id: 1, publicKey: 2, privateKey: 3 } as const;

export class PreKeyRecord {
  readonly #serialized: Bytes;
  private readonly keyId: number;
  private readonly pubKey: PublicKey;
  private readonly privKey: PrivateKey;

  private constructor(serialized: Bytes) {
    const reader = new ProtoReader(serialized);
    this.#serialized = serialized;
    this.keyId = reader.uint32(TAG.id) ?? 0;
    this.pubKey = PublicKey.deserialize(required(reader.bytes(TAG.publicKey)));
    this.privKey = PrivateKey.deserialize(required(reader.bytes(TAG.privateKey)));
  }

  static new(id: number, pubKey: PublicKey, privKey: PrivateKey): PreKeyRecord {
    const writer = new ProtoWriter().uint(TAG.id, id);
    return new PreKeyRecord(
      writer.bytes(TAG.publicKey, pubKey.serialize()).bytes(TAG.privateKey, privKey.serialize()).finish(),
    );
  }

  static deserialize(buffer: Bytes): PreKeyRecord {
    return new PreKeyRecord(copyBytes(buffer));
  }

  id(): number {
    return this.keyId;
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
}
