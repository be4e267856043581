// UnidentifiedSenderMessageContent: what sealed sender encrypts: a message, and the certificate of who sends it.
import { inOperation } from '../errors.ts';
import { type CiphertextMessage, CiphertextMessageType } from '../messages/ciphertext-message.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { ProtoReader, required } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';
import { SenderCertificate } from './sender-certificate.ts';

/** What the receiver should do if the message cannot be decrypted. */
export const ContentHint = { Default: 0, Resendable: 1, Implicit: 2 } as const;
export type ContentHint = (typeof ContentHint)[keyof typeof ContentHint];

const TAG = { type: 1, senderCertificate: 2, content: 3, contentHint: 4, groupId: 5 } as const;

/** Here, unlike anywhere else, a PreKey message has number 1. */
const PRE_KEY_TYPE_IN_CONTENT = 1;
const TYPES: readonly number[] = Object.values(CiphertextMessageType);

interface ContentFields {
  readonly type: number;
  readonly sender: SenderCertificate;
  readonly contents: Bytes;
  readonly contentHint: number;
  readonly groupId: Bytes | null;
}

export class UnidentifiedSenderMessageContent {
  private readonly serialized: Bytes;
  private readonly fields: ContentFields;

  private constructor(serialized: Bytes, fields: ContentFields) {
    this.serialized = serialized;
    this.fields = fields;
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
    return new UnidentifiedSenderMessageContent(encode(fields), fields);
  }

  static deserialize(buffer: Uint8Array): UnidentifiedSenderMessageContent {
    const copy = copyBytes(buffer);
    return inOperation(
      'UnidentifiedSenderMessageContent_Deserialize',
      () => new UnidentifiedSenderMessageContent(copy, decode(copy)),
    );
  }

  serialize(): Bytes {
    return copyBytes(this.serialized);
  }

  contents(): Bytes {
    return copyBytes(this.fields.contents);
  }

  /** A CiphertextMessageType. */
  msgType(): number {
    return this.fields.type;
  }

  senderCertificate(): SenderCertificate {
    return this.fields.sender;
  }

  contentHint(): number {
    return this.fields.contentHint;
  }

  groupId(): Bytes | null {
    return this.fields.groupId && copyBytes(this.fields.groupId);
  }
}

function encode({ type, sender, contents, contentHint, groupId }: ContentFields): Bytes {
  return new ProtoWriter()
    .uint(TAG.type, type === CiphertextMessageType.PreKey ? PRE_KEY_TYPE_IN_CONTENT : type)
    .bytes(TAG.senderCertificate, sender.serialize())
    .bytes(TAG.content, contents)
    .uint(TAG.contentHint, contentHint === ContentHint.Default ? undefined : contentHint)
    .bytes(TAG.groupId, groupId === null || groupId.length === 0 ? undefined : groupId)
    .finish();
}

function decode(serialized: Bytes): ContentFields {
  const reader = new ProtoReader(serialized);
  return {
    type: decodeType(required(reader.uint32(TAG.type))),
    sender: SenderCertificate.deserialize(required(reader.bytes(TAG.senderCertificate))),
    contents: required(reader.bytes(TAG.content)),
    contentHint: reader.uint32(TAG.contentHint) ?? ContentHint.Default,
    groupId: reader.bytes(TAG.groupId) ?? null,
  };
}

function decodeType(number: number): number {
  if (number === PRE_KEY_TYPE_IN_CONTENT) return CiphertextMessageType.PreKey;
  const isKnown = TYPES.includes(number) && number !== CiphertextMessageType.PreKey;
  return required(isKnown ? number : undefined);
}
