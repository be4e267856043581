// ServerCertificate: the trust root's word for the key that signs sender certificates.
import { inOperation } from '../errors.ts';
import type { PrivateKey } from '../keys/private-key.ts';
import { PublicKey } from '../keys/public-key.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import { ProtoReader, required } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';

/** Of both kinds of certificate: what is signed, and the signature. */
export const SIGNED_TAG = { certificate: 1, signature: 2 } as const;
const TAG = { id: 1, key: 2 } as const;

/** A key of the Signal service that was revoked for good; refused here too, so that both libraries agree. */
const REVOKED_KEY_IDS: readonly number[] = [0xdeadc357];

export class ServerCertificate {
  private readonly serialized: Bytes;
  private readonly certificate: Bytes;
  private readonly certificateSignature: Bytes;
  private readonly id: number;
  private readonly serverKey: PublicKey;

  private constructor(serialized: Bytes) {
    const outer = new ProtoReader(serialized);
    this.serialized = serialized;
    this.certificate = required(outer.bytes(SIGNED_TAG.certificate));
    this.certificateSignature = required(outer.bytes(SIGNED_TAG.signature));
    const inner = new ProtoReader(this.certificate);
    this.serverKey = PublicKey.deserialize(required(inner.bytes(TAG.key)));
    this.id = required(inner.uint32(TAG.id));
  }

  static new(
    keyId: number,
    serverKey: PublicKey,
    trustRoot: PrivateKey,
    random: RandomSource = systemRandom,
  ): ServerCertificate {
    const certificate = new ProtoWriter().uint(TAG.id, keyId).bytes(TAG.key, serverKey.serialize()).finish();
    return new ServerCertificate(signCertificate(certificate, trustRoot, random));
  }

  static deserialize(buffer: Uint8Array): ServerCertificate {
    const copy = copyBytes(buffer);
    return inOperation('ServerCertificate_Deserialize', () => new ServerCertificate(copy));
  }

  certificateData(): Bytes {
    return copyBytes(this.certificate);
  }

  key(): PublicKey {
    return this.serverKey;
  }

  keyId(): number {
    return this.id;
  }

  serialize(): Bytes {
    return copyBytes(this.serialized);
  }

  signature(): Bytes {
    return copyBytes(this.certificateSignature);
  }

  isRevoked(): boolean {
    return REVOKED_KEY_IDS.includes(this.id);
  }
}

export function signCertificate(certificate: Bytes, key: PrivateKey, random: RandomSource): Bytes {
  return new ProtoWriter()
    .bytes(SIGNED_TAG.certificate, certificate)
    .bytes(SIGNED_TAG.signature, key.sign(certificate, random))
    .finish();
}
