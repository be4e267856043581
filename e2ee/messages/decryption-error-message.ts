// DecryptionErrorMessage: tells a sender that its message could not be read, and in which ratchet turn that was.
import { inOperation, parsing, invalidArgument, invalidProtobuf } from '../errors.ts';
import { publicKey } from '../keys/key-fields.ts';
import type { PublicKey } from '../keys/public-key.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { bytes, decode, encode, exactInteger, type Schema, uint32, uint64, type Values } from '../proto/message.ts';
import { CiphertextMessageType } from './ciphertext-message.ts';
import { PreKeySignalMessage } from './pre-key-signal-message.ts';
import { SignalMessage } from './signal-message.ts';

const DECRYPTION_ERROR = {
  ratchetKey: [1, publicKey, undefined],
  timestamp: [2, uint64],
  deviceId: [3, uint32, 0],
} as const satisfies Schema;

/** The one field of the Content message that the engine knows. */
export const CONTENT = { decryptionError: [8, bytes, undefined] } as const satisfies Schema;
/** Content's other fields hold bytes too: one that does not makes all of it invalid. */
const OTHER_CONTENT = /* @__PURE__ */ Object.fromEntries(
  [1, 2, 3, 4, 5, 6, 7].map((tag) => [tag, [tag, bytes, undefined] as const]),
);
/** Ends the padded plaintext of every Content. */
export const PADDING_BOUNDARY = 0x80;

type DecryptionErrorFields = Values<typeof DECRYPTION_ERROR>;

export class DecryptionErrorMessage {
  readonly #serialized: Bytes;
  readonly #fields: DecryptionErrorFields;

  private constructor(serialized: Bytes, fields: DecryptionErrorFields) {
    this.#serialized = serialized;
    this.#fields = fields;
  }

  /** @param timestamp of the failed message, in milliseconds since 1970 */
  static forOriginal(
    original: Bytes,
    type: CiphertextMessageType,
    timestamp: number,
    originalSenderDeviceId: number,
  ): DecryptionErrorMessage {
    return inOperation('DecryptionErrorMessage_ForOriginalMessage', () => {
      const fields = { ratchetKey: ratchetKeyOf(original, type), timestamp, deviceId: originalSenderDeviceId };
      return new DecryptionErrorMessage(encode(DECRYPTION_ERROR, fields), fields);
    });
  }

  static deserialize(buffer: Uint8Array): DecryptionErrorMessage {
    return parsing(
      'DecryptionErrorMessage_Deserialize',
      buffer,
      (serialized) => new DecryptionErrorMessage(serialized, decode(DECRYPTION_ERROR, serialized)),
    );
  }

  /** From the body of a PlaintextContent. */
  static extractFromSerializedBody(buffer: Bytes): DecryptionErrorMessage {
    return inOperation('DecryptionErrorMessage_ExtractFromSerializedContent', () => {
      if (buffer[buffer.length - 1] !== PADDING_BOUNDARY) throw invalidProtobuf();
      const { decryptionError: inner } = decode({ ...OTHER_CONTENT, ...CONTENT }, buffer.subarray(0, -1));
      if (inner === undefined) throw invalidArgument('Content does not contain DecryptionErrorMessage');
      return DecryptionErrorMessage.deserialize(inner);
    });
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  timestamp(): number {
    return exactInteger(this.#fields.timestamp);
  }

  deviceId(): number {
    return this.#fields.deviceId;
  }

  ratchetKey(): PublicKey | undefined {
    return this.#fields.ratchetKey;
  }
}

function ratchetKeyOf(original: Bytes, type: CiphertextMessageType): PublicKey | undefined {
  switch (type) {
    case CiphertextMessageType.Whisper:
      return SignalMessage.deserialize(original).senderRatchetKey();
    case CiphertextMessageType.PreKey:
      return PreKeySignalMessage.deserialize(original).message().senderRatchetKey();
    case CiphertextMessageType.SenderKey:
      return undefined;
    case CiphertextMessageType.Plaintext:
      throw invalidArgument('cannot create a DecryptionErrorMessage for plaintext content; it is not encrypted');
  }
}
