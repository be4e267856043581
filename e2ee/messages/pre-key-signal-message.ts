// PreKeySignalMessage: a SignalMessage with what its receiver needs to begin the session (PQXDH, section 3.3).
import { inOperation, invalidMessage } from '../errors.ts';
import { PublicKey } from '../keys/public-key.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { ProtoReader, required } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';
import { CURRENT_VERSION, PRE_KYBER_VERSION, readVersion, tooShort, versionByte } from './message-version.ts';
import { SignalMessage } from './signal-message.ts';

const TAG = {
  preKeyId: 1,
  baseKey: 2,
  identityKey: 3,
  message: 4,
  registrationId: 5,
  signedPreKeyId: 6,
  kyberPreKeyId: 7,
  kyberCiphertext: 8,
} as const;

export interface KyberPayload {
  readonly preKeyId: number;
  /** With its type byte. */
  readonly ciphertext: Bytes;
}

export interface PreKeySignalMessageFields {
  readonly version: number;
  readonly registrationId: number;
  readonly preKeyId: number | null;
  readonly signedPreKeyId: number;
  /** Null only in version 3. */
  readonly kyber: KyberPayload | null;
  readonly baseKey: PublicKey;
  readonly identityKey: PublicKey;
  readonly message: SignalMessage;
}

export class PreKeySignalMessage {
  readonly #serialized: Bytes;
  private readonly fields: PreKeySignalMessageFields;

  private constructor(serialized: Bytes, fields: PreKeySignalMessageFields) {
    this.#serialized = serialized;
    this.fields = fields;
  }

  static _new(
    messageVersion: number,
    registrationId: number,
    preKeyId: number | null,
    signedPreKeyId: number,
    baseKey: PublicKey,
    identityKey: PublicKey,
    signalMessage: SignalMessage,
  ): PreKeySignalMessage {
    const ids = { version: messageVersion, registrationId, preKeyId, signedPreKeyId };
    return PreKeySignalMessage.from({ ...ids, kyber: null, baseKey, identityKey, message: signalMessage });
  }

  static from(fields: PreKeySignalMessageFields): PreKeySignalMessage {
    return new PreKeySignalMessage(encode(fields), fields);
  }

  static deserialize(buffer: Uint8Array): PreKeySignalMessage {
    const serialized = copyBytes(buffer);
    return inOperation(
      'PreKeySignalMessage_Deserialize',
      () => new PreKeySignalMessage(serialized, decode(serialized)),
    );
  }

  preKeyId(): number | null {
    return this.fields.preKeyId;
  }

  registrationId(): number {
    return this.fields.registrationId;
  }

  signedPreKeyId(): number {
    return this.fields.signedPreKeyId;
  }

  version(): number {
    return this.fields.version;
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  kyberPayload(): KyberPayload | null {
    return this.fields.kyber;
  }

  baseKey(): PublicKey {
    return this.fields.baseKey;
  }

  identityKey(): PublicKey {
    return this.fields.identityKey;
  }

  message(): SignalMessage {
    return this.fields.message;
  }
}

function encode(fields: PreKeySignalMessageFields): Bytes {
  return new ProtoWriter(versionByte(fields.version, CURRENT_VERSION))
    .uint(TAG.preKeyId, fields.preKeyId ?? undefined)
    .bytes(TAG.baseKey, fields.baseKey.serialize())
    .bytes(TAG.identityKey, fields.identityKey.serialize())
    .bytes(TAG.message, fields.message.serialize())
    .uint(TAG.registrationId, fields.registrationId)
    .uint(TAG.signedPreKeyId, fields.signedPreKeyId)
    .uint(TAG.kyberPreKeyId, fields.kyber?.preKeyId)
    .bytes(TAG.kyberCiphertext, fields.kyber?.ciphertext)
    .finish();
}

function decode(serialized: Bytes): PreKeySignalMessageFields {
  if (serialized.length === 0) throw tooShort(0);
  const version = readVersion(serialized[0] ?? 0, PRE_KYBER_VERSION, CURRENT_VERSION);
  const reader = new ProtoReader(serialized.subarray(1));
  return {
    version,
    registrationId: reader.uint32(TAG.registrationId) ?? 0,
    preKeyId: reader.uint32(TAG.preKeyId) ?? null,
    signedPreKeyId: required(reader.uint32(TAG.signedPreKeyId)),
    baseKey: PublicKey.deserialize(required(reader.bytes(TAG.baseKey))),
    identityKey: PublicKey.deserialize(required(reader.bytes(TAG.identityKey))),
    kyber: decodeKyber(reader, version),
    message: SignalMessage.deserialize(required(reader.bytes(TAG.message))),
  };
}

function decodeKyber(reader: ProtoReader, version: number): KyberPayload | null {
  const preKeyId = reader.uint32(TAG.kyberPreKeyId);
  const ciphertext = reader.bytes(TAG.kyberCiphertext);
  if (preKeyId !== undefined && ciphertext !== undefined) return { preKeyId, ciphertext };
  if (preKeyId !== undefined || ciphertext !== undefined) {
    throw invalidMessage('PreKey', 'Both or neither kyber pre_key_id and kyber_ciphertext can be present');
  }
  if (version > PRE_KYBER_VERSION) {
    throw invalidMessage('PreKey', 'Kyber pre key must be present for this session version');
  }
  return null;
}
