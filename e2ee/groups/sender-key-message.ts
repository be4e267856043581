// SenderKeyMessage: one message to a group, signed by its sender's key for that group.
import { inOperation } from '../errors.ts';
import type { PrivateKey } from '../keys/private-key.ts';
import type { PublicKey } from '../keys/public-key.ts';
import { type Bytes, concatBytes, copyBytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import { SIGNATURE_BYTES } from '../primitives/xeddsa.ts';
import { ProtoReader, required } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';
import { requireUuid, stringifyUuid, type Uuid, UUID_BYTES } from '../uuid.ts';
import { readVersion, SENDER_KEY_VERSION, tooShort, versionByte } from '../messages/message-version.ts';

const TAG = { distributionId: 1, chainId: 2, iteration: 3, ciphertext: 4 } as const;

interface SenderKeyMessageFields {
  readonly version: number;
  readonly distributionId: Uuid;
  readonly chainId: number;
  readonly iteration: number;
  readonly ciphertext: Bytes;
}

export class SenderKeyMessage {
  readonly #serialized: Bytes;
  private readonly fields: SenderKeyMessageFields;

  private constructor(serialized: Bytes, fields: SenderKeyMessageFields) {
    this.#serialized = serialized;
    this.fields = fields;
  }

  static _new(
    messageVersion: number,
    distributionId: Uuid,
    chainId: number,
    iteration: number,
    ciphertext: Bytes,
    pk: PrivateKey,
    random: RandomSource = systemRandom,
  ): SenderKeyMessage {
    const fields = { version: messageVersion, distributionId, chainId, iteration, ciphertext: copyBytes(ciphertext) };
    const content = encode(fields);
    return new SenderKeyMessage(concatBytes(content, pk.sign(content, random)), fields);
  }

  static deserialize(buffer: Uint8Array): SenderKeyMessage {
    const serialized = copyBytes(buffer);
    return inOperation('SenderKeyMessage_Deserialize', () => new SenderKeyMessage(serialized, decode(serialized)));
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  ciphertext(): Bytes {
    return copyBytes(this.fields.ciphertext);
  }

  iteration(): number {
    return this.fields.iteration;
  }

  chainId(): number {
    return this.fields.chainId;
  }

  distributionId(): Uuid {
    return this.fields.distributionId;
  }

  messageVersion(): number {
    return this.fields.version;
  }

  verifySignature(key: PublicKey): boolean {
    const { content, signature } = this.signedParts();
    return key.verify(content, signature);
  }

  verifySignatureAsync(key: PublicKey): Promise<boolean> {
    const { content, signature } = this.signedParts();
    return key.verifyAsync(content, signature);
  }

  private signedParts(): { content: Bytes; signature: Bytes } {
    const end = this.#serialized.length - SIGNATURE_BYTES;
    return { content: this.#serialized.subarray(0, end), signature: this.#serialized.subarray(end) };
  }
}

function encode(fields: SenderKeyMessageFields): Bytes {
  return new ProtoWriter(versionByte(fields.version, SENDER_KEY_VERSION))
    .bytes(TAG.distributionId, requireUuid(fields.distributionId))
    .uint(TAG.chainId, fields.chainId)
    .uint(TAG.iteration, fields.iteration)
    .bytes(TAG.ciphertext, fields.ciphertext)
    .finish();
}

function decode(serialized: Bytes): SenderKeyMessageFields {
  if (serialized.length < 1 + SIGNATURE_BYTES) throw tooShort(serialized.length);
  const version = readVersion(serialized[0] ?? 0, SENDER_KEY_VERSION, SENDER_KEY_VERSION);
  const reader = new ProtoReader(serialized.subarray(1, serialized.length - SIGNATURE_BYTES));
  return {
    version,
    distributionId: readDistributionId(reader.bytes(TAG.distributionId)),
    chainId: required(reader.uint32(TAG.chainId)),
    iteration: required(reader.uint32(TAG.iteration)),
    ciphertext: required(reader.bytes(TAG.ciphertext)),
  };
}

export function readDistributionId(bytes: Bytes | undefined): Uuid {
  return stringifyUuid(required(bytes?.length === UUID_BYTES ? bytes : undefined));
}
