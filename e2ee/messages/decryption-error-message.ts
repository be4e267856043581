// DecryptionErrorMessage: tells a sender that its message could not be read, and in which ratchet turn that was.
import { inOperation, invalidArgument, invalidProtobuf } from '../errors.ts';
import { PublicKey } from '../keys/public-key.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { ProtoReader, required } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';
import { CiphertextMessageType } from './ciphertext-message.ts';
import { PreKeySignalMessage } from './pre-key-signal-message.ts';
import { SignalMessage } from './signal-message.ts';

const TAG = { ratchetKey: 1, timestamp: 2, deviceId: 3 } as const;
/** Its tag in the Content message, the only one of Content that the engine knows. */
export const CONTENT_TAG = 8;
/** Ends the padded plaintext of every Content. */
export const PADDING_BOUNDARY = 0x80;

interface DecryptionErrorFields {
  readonly ratchetKey: PublicKey | undefined;
  readonly timestamp: number;
  readonly deviceId: number;
}

export class DecryptionErrorMessage {
  readonly #serialized: Bytes;
  private readonly fields: DecryptionErrorFields;

  private constructor(serialized: Bytes, fields: DecryptionErrorFields) {
    this.#serialized = serialized;
    this.fields = fields;
  }

  /** @param timestamp of the failed message, in milliseconds since 1970 */
  static forOriginal(
    bytes: Bytes,
    type: CiphertextMessageType,
    timestamp: number,
    originalSenderDeviceId: number,
  ): DecryptionErrorMessage {
    return inOperation('DecryptionErrorMessage_ForOriginalMessage', () => {
      const fields = { ratchetKey: ratchetKeyOf(bytes, type), timestamp, deviceId: originalSenderDeviceId };
      return new DecryptionErrorMessage(encode(fields), fields);
    });
  }

  static deserialize(buffer: Uint8Array): DecryptionErrorMessage {
    const serialized = copyBytes(buffer);
    return inOperation(
      'DecryptionErrorMessage_Deserialize',
      () => new DecryptionErrorMessage(serialized, decode(serialized)),
    );
  }

  /** From the body of a PlaintextContent. */
  static extractFromSerializedBody(buffer: Bytes): DecryptionErrorMessage {
    return inOperation('DecryptionErrorMessage_ExtractFromSerializedContent', () => {
      if (buffer[buffer.length - 1] !== PADDING_BOUNDARY) throw invalidProtobuf();
      const inner = new ProtoReader(buffer.subarray(0, -1)).bytes(CONTENT_TAG);
      if (inner === undefined) throw invalidArgument('Content does not contain DecryptionErrorMessage');
      return DecryptionErrorMessage.deserialize(inner);
    });
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  timestamp(): number {
    return this.fields.timestamp;
  }

  deviceId(): number {
    return this.fields.deviceId;
  }

  ratchetKey(): PublicKey | undefined {
    return this.fields.ratchetKey;
  }
}

function ratchetKeyOf(bytes: Bytes, type: CiphertextMessageType): PublicKey | undefined {
  switch (type) {
    case CiphertextMessageType.Whisper:
      return SignalMessage.deserialize(bytes).senderRatchetKey();
    case CiphertextMessageType.PreKey:
      return PreKeySignalMessage.deserialize(bytes).message().senderRatchetKey();
    case CiphertextMessageType.SenderKey:
      return undefined;
    case CiphertextMessageType.Plaintext:
      throw invalidArgument('cannot create a DecryptionErrorMessage for plaintext content; it is not encrypted');
  }
}

function encode(fields: DecryptionErrorFields): Bytes {
  return new ProtoWriter()
    .bytes(TAG.ratchetKey, fields.ratchetKey?.serialize())
    .uint(TAG.timestamp, fields.timestamp)
    .uint(TAG.deviceId, fields.deviceId)
    .finish();
}

function decode(serialized: Bytes): DecryptionErrorFields {
  const reader = new ProtoReader(serialized);
  const ratchetKey = reader.bytes(TAG.ratchetKey);
  return {
    ratchetKey: ratchetKey && PublicKey.deserialize(ratchetKey),
    timestamp: required(reader.uint64(TAG.timestamp)),
    deviceId: reader.uint32(TAG.deviceId) ?? 0,
  };
}
