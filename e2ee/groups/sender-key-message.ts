// SenderKeyMessage: one message to a group, signed by its sender's key for that group.
import { parsing } from '../errors.ts';
import type { PrivateKey } from '../keys/private-key.ts';
import type { PublicKey } from '../keys/public-key.ts';
import { type Bytes, concatBytes, copyBytes } from '../primitives/bytes.ts';
import { type RandomSource, systemRandom } from '../primitives/random.ts';
import { SIGNATURE_BYTES } from '../primitives/xeddsa.ts';
import { bytes, decode, encode, type Schema, uint32, type Values } from '../proto/message.ts';
import { uuid, type Uuid } from '../uuid.ts';
import { readVersion, SENDER_KEY_VERSION, tooShort, versionByte } from '../messages/message-version.ts';

const SENDER_KEY_MESSAGE = {
  distributionId: [1, uuid],
  chainId: [2, uint32],
  iteration: [3, uint32],
  ciphertext: [4, bytes],
} as const satisfies Schema;

interface SenderKeyMessageFields extends Values<typeof SENDER_KEY_MESSAGE> {
  readonly version: number;
}

export class SenderKeyMessage {
  readonly #serialized: Bytes;
  readonly #fields: SenderKeyMessageFields;

  private constructor(serialized: Bytes, fields: SenderKeyMessageFields) {
    this.#serialized = serialized;
    this.#fields = fields;
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
    const content = encode(SENDER_KEY_MESSAGE, fields, versionByte(messageVersion, SENDER_KEY_VERSION));
    return new SenderKeyMessage(concatBytes(content, pk.sign(content, random)), fields);
  }

  static deserialize(buffer: Uint8Array): SenderKeyMessage {
    return parsing(
      'SenderKeyMessage_Deserialize',
      buffer,
      (serialized) => new SenderKeyMessage(serialized, decodeFields(serialized)),
    );
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  ciphertext(): Bytes {
    return copyBytes(this.#fields.ciphertext);
  }

  iteration(): number {
    return this.#fields.iteration;
  }

  chainId(): number {
    return this.#fields.chainId;
  }

  distributionId(): Uuid {
    return this.#fields.distributionId;
  }

  messageVersion(): number {
    return this.#fields.version;
  }

  verifySignature(key: PublicKey): boolean {
    const { content, signature } = this.#signedParts();
    return key.verify(content, signature);
  }

  verifySignatureAsync(key: PublicKey): Promise<boolean> {
    const { content, signature } = this.#signedParts();
    return key.verifyAsync(content, signature);
  }

  #signedParts(): { content: Bytes; signature: Bytes } {
    const end = this.#serialized.length - SIGNATURE_BYTES;
    return { content: this.#serialized.subarray(0, end), signature: this.#serialized.subarray(end) };
  }
}

function decodeFields(serialized: Bytes): SenderKeyMessageFields {
  if (serialized.length < 1 + SIGNATURE_BYTES) throw tooShort(serialized.length);
  const version = readVersion(serialized[0] ?? 0, SENDER_KEY_VERSION, SENDER_KEY_VERSION);
  return { version, ...decode(SENDER_KEY_MESSAGE, serialized.subarray(1, -SIGNATURE_BYTES)) };
}
