// The long-term keys of an account.
import type { Bytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import { ProtoReader, required } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';
import { PrivateKey } from './private-key.ts';
import { alternateIdentityMessage, PublicKey } from './public-key.ts';

const TAG = { publicKey: 1, privateKey: 2 } as const;

export class IdentityKeyPair {
  readonly publicKey: PublicKey;
  readonly privateKey: PrivateKey;

  constructor(publicKey: PublicKey, privateKey: PrivateKey) {
    this.publicKey = publicKey;
    this.privateKey = privateKey;
  }

  static generate(random: RandomSource = systemRandom): IdentityKeyPair {
    const privateKey = PrivateKey.generate(random);
    return new IdentityKeyPair(privateKey.getPublicKey(), privateKey);
  }

  static deserialize(buffer: Bytes): IdentityKeyPair {
    const reader = new ProtoReader(buffer);
    return new IdentityKeyPair(
      PublicKey.deserialize(required(reader.bytes(TAG.publicKey))),
      PrivateKey.deserialize(required(reader.bytes(TAG.privateKey))),
    );
  }

  serialize(): Bytes {
    return new ProtoWriter()
      .bytes(TAG.publicKey, this.publicKey.serialize())
      .bytes(TAG.privateKey, this.privateKey.serialize())
      .finish();
  }

  /** Lets the holder of `other` show that both identities are one account's. */
  signAlternateIdentity(other: PublicKey, random: RandomSource = systemRandom): Bytes {
    return this.privateKey.sign(alternateIdentityMessage(other), random);
  }
}
