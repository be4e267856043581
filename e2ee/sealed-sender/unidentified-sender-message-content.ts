// UnidentifiedSenderMessageContent: what sealed sender encrypts: a message, and the certificate of who sends it.
import { parsing } from '../errors.ts';
import { type CiphertextMessage, CiphertextMessageType } from '../messages/ciphertext-message.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import {
  bytes,
  converted,
  decode,
  encode,
  filledBytes,
  required,
  type Schema,
  uint32,
  type Values,
} from '../proto/message.ts';
import { type SenderCertificate, senderCertificate } from './sender-certificate.ts';

/** What the receiver should do if the message cannot be decrypted. */
export const ContentHint = { Default: 0, Resendable: 1, Implicit: 2 } as const;
export type ContentHint = (typeof ContentHint)[keyof typeof ContentHint];

/** Here, unlike anywhere else, a PreKey message has number 1. */
const PRE_KEY_TYPE_IN_CONTENT = 1;
const TYPES: readonly number[] = Object.values(CiphertextMessageType);

const CONTENT = {
  type: [1, converted(uint32, readType, writeType)],
  sender: [2, senderCertificate],
  contents: [3, bytes],
  contentHint: [4, converted(uint32, (hint) => hint, writeHint), ContentHint.Default],
  groupId: [5, filledBytes, null],
} as const satisfies Schema;

type ContentFields = Values<typeof CONTENT>;

export class UnidentifiedSenderMessageContent {
  readonly #serialized: Bytes;
  readonly #fields: ContentFields;

  private constructor(serialized: Bytes, fields: ContentFields) {
    this.#serialized = serialized;
    this.#fields = fields;
  }

  /** @param contentHint a ContentHint; other numbers are passed on */
  static new(
    message: CiphertextMessage,
    sender: SenderCertificate,
    contentHint: number,
    groupId: Bytes | null,
  ): UnidentifiedSenderMessageContent {
    const contents = message.serialize();
    const copiedGroupId = groupId === null ? null : copyBytes(groupId);
    const fields = { type: message.type(), sender, contents, contentHint, groupId: copiedGroupId };
    return new UnidentifiedSenderMessageContent(encode(CONTENT, fields), fields);
  }

  static deserialize(buffer: Uint8Array): UnidentifiedSenderMessageContent {
    return parsing(
      'UnidentifiedSenderMessageContent_Deserialize',
      buffer,
      (copy) => new UnidentifiedSenderMessageContent(copy, decode(CONTENT, copy)),
    );
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  contents(): Bytes {
    return copyBytes(this.#fields.contents);
  }

  /** A CiphertextMessageType. */
  msgType(): number {
    return this.#fields.type;
  }

  senderCertificate(): SenderCertificate {
    return this.#fields.sender;
  }

  contentHint(): number {
    return this.#fields.contentHint;
  }

  groupId(): Bytes | null {
    return this.#fields.groupId && copyBytes(this.#fields.groupId);
  }
}

function readType(number: number): number {
  if (number === PRE_KEY_TYPE_IN_CONTENT) return CiphertextMessageType.PreKey;
  const isKnown = TYPES.includes(number) && number !== CiphertextMessageType.PreKey;
  return required(isKnown ? number : null);
}

function writeType(type: number): number {
  return type === CiphertextMessageType.PreKey ? PRE_KEY_TYPE_IN_CONTENT : type;
}

function writeHint(hint: number): number | undefined {
  return hint === ContentHint.Default ? undefined : hint;
}
