// PreKeySignalMessage: a SignalMessage with what its receiver needs to begin the session (PQXDH, section 3.3).
import { parsing, invalidMessage } from '../errors.ts';
import { publicKey } from '../keys/key-fields.ts';
import type { PublicKey } from '../keys/public-key.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { bytes, converted, decode, encode, type Schema, uint32, type Values } from '../proto/message.ts';
import { CURRENT_VERSION, PRE_KYBER_VERSION, readVersion, tooShort, versionByte } from './message-version.ts';
import { SignalMessage } from './signal-message.ts';

const PRE_KEY_SIGNAL_MESSAGE = {
  preKeyId: [1, uint32, null],
  baseKey: [2, publicKey],
  identityKey: [3, publicKey],
  message: [
    4,
    converted(
      bytes,
      (raw) => SignalMessage.deserialize(raw),
      (message: SignalMessage) => message.serialize(),
    ),
  ],
  registrationId: [5, uint32, 0],
  signedPreKeyId: [6, uint32],
  kyberPreKeyId: [7, uint32, undefined],
  /** With its type byte. */
  kyberCiphertext: [8, bytes, undefined],
} as const satisfies Schema;

type Encoded = Values<typeof PRE_KEY_SIGNAL_MESSAGE>;

export interface KyberPayload {
  readonly preKeyId: number;
  readonly ciphertext: Bytes;
}

export interface PreKeySignalMessageFields extends Omit<Encoded, 'kyberPreKeyId' | 'kyberCiphertext'> {
  readonly version: number;
  /** Null only in version 3. */
  readonly kyber: KyberPayload | null;
}

export class PreKeySignalMessage {
  readonly #serialized: Bytes;
  readonly #fields: PreKeySignalMessageFields;

  private constructor(serialized: Bytes, fields: PreKeySignalMessageFields) {
    this.#serialized = serialized;
    this.#fields = fields;
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
    return new PreKeySignalMessage(encodeFields(fields), fields);
  }

  static deserialize(buffer: Uint8Array): PreKeySignalMessage {
    return parsing(
      'PreKeySignalMessage_Deserialize',
      buffer,
      (serialized) => new PreKeySignalMessage(serialized, decodeFields(serialized)),
    );
  }

  preKeyId(): number | null {
    return this.#fields.preKeyId;
  }

  registrationId(): number {
    return this.#fields.registrationId;
  }

  signedPreKeyId(): number {
    return this.#fields.signedPreKeyId;
  }

  version(): number {
    return this.#fields.version;
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  kyberPayload(): KyberPayload | null {
    return this.#fields.kyber;
  }

  baseKey(): PublicKey {
    return this.#fields.baseKey;
  }

  identityKey(): PublicKey {
    return this.#fields.identityKey;
  }

  message(): SignalMessage {
    return this.#fields.message;
  }
}

function encodeFields(fields: PreKeySignalMessageFields): Bytes {
  const { version, kyber } = fields;
  const values = { ...fields, kyberPreKeyId: kyber?.preKeyId, kyberCiphertext: kyber?.ciphertext };
  return encode(PRE_KEY_SIGNAL_MESSAGE, values, versionByte(version, CURRENT_VERSION));
}

function decodeFields(serialized: Bytes): PreKeySignalMessageFields {
  if (serialized.length === 0) throw tooShort(0);
  const version = readVersion(serialized[0] ?? 0, PRE_KYBER_VERSION, CURRENT_VERSION);
  const values = decode(PRE_KEY_SIGNAL_MESSAGE, serialized.subarray(1));
  return { ...values, version, kyber: kyberPayload(values, version) };
}

function kyberPayload({ kyberPreKeyId, kyberCiphertext }: Encoded, version: number): KyberPayload | null {
  if (kyberPreKeyId !== undefined && kyberCiphertext !== undefined) {
    return { preKeyId: kyberPreKeyId, ciphertext: kyberCiphertext };
  }
  if (kyberPreKeyId !== undefined || kyberCiphertext !== undefined) {
    throw invalidMessage('PreKey', 'Both or neither kyber pre_key_id and kyber_ciphertext can be present');
  }
  if (version > PRE_KYBER_VERSION) {
    throw invalidMessage('PreKey', 'Kyber pre key must be present for this session version');
  }
  return null;
}
