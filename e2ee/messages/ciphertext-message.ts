// What the encrypting functions give: bytes, and the type that tells the receiver how to read them.
import { type Bytes, copyBytes } from '../primitives/bytes.ts';

export const CiphertextMessageType = { Whisper: 2, PreKey: 3, SenderKey: 7, Plaintext: 8 } as const;
export type CiphertextMessageType = (typeof CiphertextMessageType)[keyof typeof CiphertextMessageType];

export interface CiphertextMessageConvertible {
  asCiphertextMessage: () => CiphertextMessage;
}

export class CiphertextMessage {
  readonly #messageType: CiphertextMessageType;
  readonly #serialized: Bytes;

  private constructor(messageType: CiphertextMessageType, serialized: Bytes) {
    this.#messageType = messageType;
    this.#serialized = serialized;
  }

  static from(message: CiphertextMessageConvertible): CiphertextMessage {
    return message.asCiphertextMessage();
  }

  static of(messageType: CiphertextMessageType, serialized: Bytes): CiphertextMessage {
    return new CiphertextMessage(messageType, serialized);
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  type(): number {
    return this.#messageType;
  }
}
