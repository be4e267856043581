// SignalMessage: what a ratchet emits (Double Ratchet, section 3.4: header, ciphertext, and the MAC over both).
import { failure, inOperation } from '../errors.ts';
import { PublicKey } from '../keys/public-key.ts';
import { type Bytes, concatBytes, copyBytes, EMPTY, equalBytes } from '../primitives/bytes.ts';
import { hmacSha256 } from '../primitives/hkdf.ts';
import { ProtoReader, required } from '../proto/reader.ts';
import { ProtoWriter } from '../proto/writer.ts';
import { encodeAddressPair, type ProtocolAddress } from '../protocol-address.ts';
import { CURRENT_VERSION, PRE_KYBER_VERSION, readVersion, tooShort, versionByte } from './message-version.ts';

const TAG = { ratchetKey: 1, counter: 2, previousCounter: 3, ciphertext: 4, pqRatchet: 5, addresses: 6 } as const;
const MAC_BYTES = 8;
const MAC_KEY_BYTES = 32;

export interface SignalMessageFields {
  readonly version: number;
  readonly senderRatchetKey: PublicKey;
  readonly counter: number;
  /** Length of the sender's chain before; sent for others, used by no receiver. */
  readonly previousCounter: number;
  readonly ciphertext: Bytes;
  /** A serialized SPQR message; empty for none. */
  readonly pqRatchet: Bytes;
  /** Both addresses, in the first messages of a session. */
  readonly addresses: Bytes | undefined;
}

export interface MacParties {
  readonly macKey: Bytes;
  readonly senderIdentity: PublicKey;
  readonly receiverIdentity: PublicKey;
}

export class SignalMessage {
  readonly #serialized: Bytes;
  private readonly fields: SignalMessageFields;

  private constructor(serialized: Bytes, fields: SignalMessageFields) {
    this.#serialized = serialized;
    this.fields = fields;
  }

  static _new(
    messageVersion: number,
    macKey: Bytes,
    senderRatchetKey: PublicKey,
    counter: number,
    previousCounter: number,
    ciphertext: Bytes,
    senderIdentityKey: PublicKey,
    receiverIdentityKey: PublicKey,
    pqRatchet: Bytes,
  ): SignalMessage {
    const header = { version: messageVersion, senderRatchetKey, counter, previousCounter };
    return SignalMessage.seal(
      { ...header, ciphertext, pqRatchet, addresses: undefined },
      { macKey, senderIdentity: senderIdentityKey, receiverIdentity: receiverIdentityKey },
    );
  }

  /** Encodes and MACs. */
  static seal(fields: SignalMessageFields, parties: MacParties): SignalMessage {
    const content = encode(fields);
    return new SignalMessage(concatBytes(content, computeMac(content, parties)), fields);
  }

  static deserialize(buffer: Uint8Array): SignalMessage {
    const serialized = copyBytes(buffer);
    return inOperation('SignalMessage_Deserialize', () => new SignalMessage(serialized, decode(serialized)));
  }

  body(): Bytes {
    return copyBytes(this.fields.ciphertext);
  }

  pqRatchet(): Bytes {
    return copyBytes(this.fields.pqRatchet);
  }

  counter(): number {
    return this.fields.counter;
  }

  messageVersion(): number {
    return this.fields.version;
  }

  senderRatchetKey(): PublicKey {
    return this.fields.senderRatchetKey;
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  /** Over the received bytes, never over a new encoding of what was parsed. */
  verifyMac(parties: MacParties): boolean {
    const end = this.#serialized.length - MAC_BYTES;
    return equalBytes(computeMac(this.#serialized.subarray(0, end), parties), this.#serialized.subarray(end));
  }

  /** True if the message names no addresses, or names these two. */
  matchesAddresses(sender: ProtocolAddress, recipient: ProtocolAddress): boolean {
    if (this.fields.addresses === undefined) return true;
    const expected = encodeAddressPair(sender, recipient);
    return expected !== null && equalBytes(expected, this.fields.addresses);
  }
}

function encode(fields: SignalMessageFields): Bytes {
  return new ProtoWriter(versionByte(fields.version, CURRENT_VERSION))
    .bytes(TAG.ratchetKey, fields.senderRatchetKey.serialize())
    .uint(TAG.counter, fields.counter)
    .uint(TAG.previousCounter, fields.previousCounter)
    .bytes(TAG.ciphertext, fields.ciphertext)
    .bytes(TAG.pqRatchet, fields.pqRatchet.length === 0 ? undefined : fields.pqRatchet)
    .bytes(TAG.addresses, fields.addresses)
    .finish();
}

function decode(serialized: Bytes): SignalMessageFields {
  if (serialized.length < 1 + MAC_BYTES) throw tooShort(serialized.length);
  const version = readVersion(serialized[0] ?? 0, PRE_KYBER_VERSION, CURRENT_VERSION);
  const reader = new ProtoReader(serialized.subarray(1, serialized.length - MAC_BYTES));
  return {
    version,
    senderRatchetKey: PublicKey.deserialize(required(reader.bytes(TAG.ratchetKey))),
    counter: required(reader.uint32(TAG.counter)),
    previousCounter: reader.uint32(TAG.previousCounter) ?? 0,
    ciphertext: required(reader.bytes(TAG.ciphertext)),
    pqRatchet: reader.bytes(TAG.pqRatchet) ?? EMPTY,
    addresses: reader.bytes(TAG.addresses),
  };
}

/** Both identities are inside, so that a message holds only between the two accounts that it was made for. */
function computeMac(content: Bytes, { macKey, senderIdentity, receiverIdentity }: MacParties): Bytes {
  if (macKey.length !== MAC_KEY_BYTES) throw failure(`invalid MAC key length <${macKey.length}>`);
  const message = concatBytes(senderIdentity.serialize(), receiverIdentity.serialize(), content);
  return hmacSha256(macKey, message).slice(0, MAC_BYTES);
}
