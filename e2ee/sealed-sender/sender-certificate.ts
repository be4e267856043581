// SenderCertificate: the server's word that an identity key belongs to an account and device, for a time.
import { failure, inOperation } from '../errors.ts';
import type { PrivateKey } from '../keys/private-key.ts';
import { PublicKey } from '../keys/public-key.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import { ProtoReader, required } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';
import { isDeviceId } from '../protocol-address.ts';
import { Aci, parseServiceId } from '../service-id.ts';
import { stringifyUuid, UUID_BYTES } from '../uuid.ts';
import { ServerCertificate, signCertificate, SIGNED_TAG } from './server-certificate.ts';

const TAG = {
  senderE164: 1,
  senderDevice: 2,
  expires: 3,
  identityKey: 4,
  signerCertificate: 5,
  uuidString: 6,
  uuidBytes: 7,
  signerId: 8,
} as const;

interface CertificateFields {
  readonly senderUuid: string;
  readonly senderE164: string | null;
  readonly senderDeviceId: number;
  /** Milliseconds since 1970. */
  readonly expiration: number;
  readonly key: PublicKey;
  /** Embedded, or the number of one that both sides are supposed to know. */
  readonly signer: ServerCertificate | number;
}

export class SenderCertificate {
  private readonly serialized: Bytes;
  private readonly signed: Bytes;
  private readonly certificateSignature: Bytes;
  private readonly fields: CertificateFields;

  private constructor(serialized: Bytes) {
    const outer = new ProtoReader(serialized);
    this.serialized = serialized;
    this.signed = required(outer.bytes(SIGNED_TAG.certificate));
    this.certificateSignature = required(outer.bytes(SIGNED_TAG.signature));
    this.fields = decodeFields(this.signed);
  }

  static new(
    senderUuid: string | Aci,
    senderE164: string | null,
    senderDeviceId: number,
    senderKey: PublicKey,
    expiration: number,
    signerCert: ServerCertificate,
    signerKey: PrivateKey,
    random: RandomSource = systemRandom,
  ): SenderCertificate {
    const certificate = new ProtoWriter()
      .text(TAG.senderE164, senderE164 ?? undefined)
      .uint(TAG.senderDevice, senderDeviceId)
      .fixed64(TAG.expires, expiration)
      .bytes(TAG.identityKey, senderKey.serialize())
      .bytes(TAG.signerCertificate, signerCert.serialize())
      .text(TAG.uuidString, typeof senderUuid === 'string' ? senderUuid : senderUuid.getServiceIdString())
      .finish();
    return SenderCertificate.deserialize(signCertificate(certificate, signerKey, random));
  }

  static deserialize(buffer: Uint8Array): SenderCertificate {
    const copy = copyBytes(buffer);
    return inOperation('SenderCertificate_Deserialize', () => new SenderCertificate(copy));
  }

  serialize(): Bytes {
    return copyBytes(this.serialized);
  }

  certificate(): Bytes {
    return copyBytes(this.signed);
  }

  expiration(): number {
    return this.fields.expiration;
  }

  key(): PublicKey {
    return this.fields.key;
  }

  senderE164(): string | null {
    return this.fields.senderE164;
  }

  senderUuid(): string {
    return this.fields.senderUuid;
  }

  senderAci(): Aci | null {
    const id = parseServiceId(this.fields.senderUuid);
    return id instanceof Aci ? id : null;
  }

  senderDeviceId(): number {
    return this.fields.senderDeviceId;
  }

  serverCertificate(): ServerCertificate {
    const { signer } = this.fields;
    if (signer instanceof ServerCertificate) return signer;
    // The known ones are those of the Signal service, which no other server can sign with.
    return inOperation('SenderCertificate_GetServerCertificate', () => {
      throw failure(`unknown server certificate ID: ${signer}`);
    });
  }

  signature(): Bytes {
    return copyBytes(this.certificateSignature);
  }

  validate(trustRoot: PublicKey, time: number): boolean {
    return this.validateWithTrustRoots([trustRoot], time);
  }

  /** All roots are tried, whichever of them signed. `time` is compared with the expiration as a number. */
  validateWithTrustRoots(trustRoots: PublicKey[], time: number): boolean {
    const server = this.serverCertificate();
    const byRoots = trustRoots.map((root) => root.verify(server.certificateData(), server.signature()));
    const byServer = byRoots.includes(true) && server.key().verify(this.signed, this.certificateSignature);
    return byServer && this.isInForce(server, time);
  }

  /** As validate, by WebCrypto where it is present. */
  async validateAsync(trustRoot: PublicKey, time: number): Promise<boolean> {
    const server = this.serverCertificate();
    const signatures = await Promise.all([
      trustRoot.verifyAsync(server.certificateData(), server.signature()),
      server.key().verifyAsync(this.signed, this.certificateSignature),
    ]);
    return signatures.every(Boolean) && this.isInForce(server, time);
  }

  private isInForce(server: ServerCertificate, time: number): boolean {
    return !server.isRevoked() && time <= this.fields.expiration;
  }
}

function decodeFields(signed: Bytes): CertificateFields {
  const reader = new ProtoReader(signed);
  const device = required(reader.uint32(TAG.senderDevice));
  return {
    senderUuid: decodeUuid(reader),
    senderE164: reader.text(TAG.senderE164) ?? null,
    senderDeviceId: required(isDeviceId(device) ? device : undefined),
    expiration: required(reader.fixed64(TAG.expires)),
    key: PublicKey.deserialize(required(reader.bytes(TAG.identityKey))),
    signer: decodeSigner(reader),
  };
}

function decodeSigner(reader: ProtoReader): ServerCertificate | number {
  const isReference = reader.lastOf(TAG.signerCertificate, TAG.signerId) === TAG.signerId;
  if (isReference) return required(reader.uint32(TAG.signerId));
  return ServerCertificate.deserialize(required(reader.bytes(TAG.signerCertificate)));
}

function decodeUuid(reader: ProtoReader): string {
  if (reader.lastOf(TAG.uuidString, TAG.uuidBytes) === TAG.uuidString) return required(reader.text(TAG.uuidString));
  const bytes = reader.bytes(TAG.uuidBytes);
  return stringifyUuid(required(bytes?.length === UUID_BYTES ? bytes : undefined));
}
