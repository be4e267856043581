// The long-term keys of an account.
import { inOperation } from '../errors.ts';
import type { Bytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import { decode, encode, type Schema } from '../proto/message.ts';
import { privateKey, publicKey } from './key-fields.ts';
import { PrivateKey } from './private-key.ts';
import { alternateIdentityMessage, type PublicKey } from './public-key.ts';

const KEY_PAIR = { publicKey: [1, publicKey], privateKey: [2, privateKey] } as const satisfies Schema;

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
    return inOperation('IdentityKeyPair_Deserialize', () => {
      const pair = decode(KEY_PAIR, buffer);
      return new IdentityKeyPair(pair.publicKey, pair.privateKey);
    });
  }

  serialize(): Bytes {
    return encode(KEY_PAIR, this);
  }

  /** Lets the holder of `other` show that both identities are one account's. */
  signAlternateIdentity(other: PublicKey, random: RandomSource = systemRandom): Bytes {
    return this.privateKey.sign(alternateIdentityMessage(other), random);
  }
}
