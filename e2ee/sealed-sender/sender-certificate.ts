// SenderCertificate: the server's word that an identity key belongs to an account and device, for a time.
import { failure, inOperation, parsing, invalidArgument } from '../errors.ts';
import type { PrivateKey } from '../keys/private-key.ts';
import { publicKey } from '../keys/key-fields.ts';
import type { PublicKey } from '../keys/public-key.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import {
  bytes,
  converted,
  decode,
  encode,
  exactInteger,
  fixed64,
  lastTagOf,
  required,
  type Schema,
  text,
  uint32,
  type Values,
} from '../proto/message.ts';
import { isDeviceId } from '../protocol-address.ts';
import { type Aci, parseAci } from '../service-id.ts';
import { readUuid } from '../uuid.ts';
import { ServerCertificate, signCertificate, SIGNED } from './server-certificate.ts';

const CERTIFICATE = {
  senderE164: [1, text, null],
  senderDevice: [
    2,
    converted(
      uint32,
      (id) => required(isDeviceId(id) ? id : null),
      (id: number) => id,
    ),
  ],
  /** Milliseconds since 1970. */
  expires: [3, fixed64],
  identityKey: [4, publicKey],
  // One of these two: embedded, or the number of one that both sides are supposed to know.
  signerCertificate: [5, bytes, undefined],
  // And one of these two.
  uuidString: [6, text, undefined],
  uuidBytes: [7, bytes, undefined],
  signerId: [8, uint32, undefined],
} as const satisfies Schema;

export class SenderCertificate {
  readonly #serialized: Bytes;
  readonly #signed: Values<typeof SIGNED>;
  readonly #fields: Values<typeof CERTIFICATE>;
  readonly #senderUuid: string;
  readonly #signer: ServerCertificate | number;

  private constructor(serialized: Bytes) {
    this.#serialized = serialized;
    this.#signed = decode(SIGNED, serialized);
    this.#fields = decode(CERTIFICATE, this.#signed.certificate);
    const { uuidString, uuidBytes, signerCertificate, signerId } = this.#fields;
    this.#senderUuid = this.#isLast('uuidString', 'uuidBytes') ? required(uuidString) : readUuid(required(uuidBytes));
    this.#signer = this.#isLast('signerId', 'signerCertificate')
      ? required(signerId)
      : ServerCertificate.deserialize(required(signerCertificate));
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
    if (!isDeviceId(senderDeviceId)) {
      return inOperation('SenderCertificate_New', () => {
        throw invalidArgument('device ID is out of range');
      });
    }
    const certificate = encode(CERTIFICATE, {
      senderE164,
      senderDevice: senderDeviceId,
      expires: expiration,
      identityKey: senderKey,
      signerCertificate: signerCert.serialize(),
      uuidString: typeof senderUuid === 'string' ? senderUuid : senderUuid.getServiceIdString(),
      uuidBytes: undefined,
      signerId: undefined,
    });
    return SenderCertificate.deserialize(signCertificate(certificate, signerKey, random));
  }

  static deserialize(buffer: Uint8Array): SenderCertificate {
    return parsing('SenderCertificate_Deserialize', buffer, (copy) => new SenderCertificate(copy));
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  certificate(): Bytes {
    return copyBytes(this.#signed.certificate);
  }

  expiration(): number {
    return exactInteger(this.#fields.expires);
  }

  key(): PublicKey {
    return this.#fields.identityKey;
  }

  senderE164(): string | null {
    return this.#fields.senderE164;
  }

  senderUuid(): string {
    return this.#senderUuid;
  }

  senderAci(): Aci | null {
    return parseAci(this.#senderUuid);
  }

  senderDeviceId(): number {
    return this.#fields.senderDevice;
  }

  serverCertificate(): ServerCertificate {
    const signer = this.#signer;
    if (signer instanceof ServerCertificate) return signer;
    // The known ones are those of the Signal service, which no other server can sign with.
    return inOperation('SenderCertificate_GetServerCertificate', () => {
      throw failure(`unknown server certificate ID: ${signer}`);
    });
  }

  signature(): Bytes {
    return copyBytes(this.#signed.signature);
  }

  validate(trustRoot: PublicKey, time: number): boolean {
    return this.validateWithTrustRoots([trustRoot], time);
  }

  /** All roots are tried, whichever of them signed. `time` is compared with the expiration as a number. */
  validateWithTrustRoots(trustRoots: PublicKey[], time: number): boolean {
    const server = this.serverCertificate();
    const { certificate, signature } = this.#signed;
    const byRoots = trustRoots.map((root) => root.verify(server.certificateData(), server.signature()));
    const byServer = byRoots.includes(true) && server.key().verify(certificate, signature);
    return byServer && this.#isInForce(server, time);
  }

  /** As validate, by WebCrypto where it is present. */
  async validateAsync(trustRoot: PublicKey, time: number): Promise<boolean> {
    const server = this.serverCertificate();
    const { certificate, signature } = this.#signed;
    const signatures = await Promise.all([
      trustRoot.verifyAsync(server.certificateData(), server.signature()),
      server.key().verifyAsync(certificate, signature),
    ]);
    return signatures.every(Boolean) && this.#isInForce(server, time);
  }

  #isInForce(server: ServerCertificate, time: number): boolean {
    return !server.isRevoked() && time <= this.#fields.expires;
  }

  /** Whether the first came after the second. */
  #isLast(name: keyof typeof CERTIFICATE, other: keyof typeof CERTIFICATE): boolean {
    const tag = CERTIFICATE[name][0];
    return lastTagOf(this.#signed.certificate, tag, CERTIFICATE[other][0]) === tag;
  }
}

/** As a field of a protocol buffer. */
export const senderCertificate = /* @__PURE__ */ converted(
  bytes,
  (raw) => SenderCertificate.deserialize(raw),
  (certificate: SenderCertificate) => certificate.serialize(),
);
