// SignalMessage: what a ratchet emits (Double Ratchet, section 3.4: header, ciphertext, and the MAC over both).
import { failure, inOperation, parsing } from '../errors.ts';
import { publicKey } from '../keys/key-fields.ts';
import type { PublicKey } from '../keys/public-key.ts';
import { type Bytes, concatBytes, copyBytes, EMPTY, equalBytes } from '../primitives/bytes.ts';
import { hmacSha256 } from '../primitives/hkdf.ts';
import { bytes, decode, encode, filledBytes, type Schema, uint32, type Values } from '../proto/message.ts';
import { encodeAddressPair, type ProtocolAddress } from '../protocol-address.ts';
import { CURRENT_VERSION, PRE_KYBER_VERSION, readVersion, tooShort, versionByte } from './message-version.ts';

const SIGNAL_MESSAGE = {
  senderRatchetKey: [1, publicKey],
  counter: [2, uint32],
  /** Length of the sender's chain before; sent for others, used by no receiver. */
  previousCounter: [3, uint32, 0],
  ciphertext: [4, bytes],
  /** A serialized SPQR message. */
  pqRatchet: [5, filledBytes, EMPTY],
  /** Both addresses, in the first messages of a session. */
  addresses: [6, bytes, undefined],
} as const satisfies Schema;

const MAC_BYTES = 8;
const MAC_KEY_BYTES = 32;

export interface SignalMessageFields extends Values<typeof SIGNAL_MESSAGE> {
  readonly version: number;
}

export interface MacParties {
  readonly macKey: Bytes;
  readonly senderIdentity: PublicKey;
  readonly receiverIdentity: PublicKey;
}

export class SignalMessage {
  readonly #serialized: Bytes;
  readonly #fields: SignalMessageFields;

  private constructor(serialized: Bytes, fields: SignalMessageFields) {
    this.#serialized = serialized;
    this.#fields = fields;
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
    const parties = { macKey, senderIdentity: senderIdentityKey, receiverIdentity: receiverIdentityKey };
    return inOperation('SignalMessage_New', () => {
      return SignalMessage.seal({ ...header, ciphertext, pqRatchet, addresses: undefined }, parties);
    });
  }

  /** Encodes and MACs. */
  static seal(fields: SignalMessageFields, parties: MacParties): SignalMessage {
    const content = encode(SIGNAL_MESSAGE, fields, versionByte(fields.version, CURRENT_VERSION));
    return new SignalMessage(concatBytes(content, computeMac(content, parties)), fields);
  }

  static deserialize(buffer: Uint8Array): SignalMessage {
    return parsing(
      'SignalMessage_Deserialize',
      buffer,
      (serialized) => new SignalMessage(serialized, decodeFields(serialized)),
    );
  }

  body(): Bytes {
    return copyBytes(this.#fields.ciphertext);
  }

  pqRatchet(): Bytes {
    return copyBytes(this.#fields.pqRatchet);
  }

  counter(): number {
    return this.#fields.counter;
  }

  messageVersion(): number {
    return this.#fields.version;
  }

  senderRatchetKey(): PublicKey {
    return this.#fields.senderRatchetKey;
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
    if (this.#fields.addresses === undefined) return true;
    const expected = encodeAddressPair(sender, recipient);
    return expected !== null && equalBytes(expected, this.#fields.addresses);
  }
}

function decodeFields(serialized: Bytes): SignalMessageFields {
  if (serialized.length < 1 + MAC_BYTES) throw tooShort(serialized.length);
  const version = readVersion(serialized[0] ?? 0, PRE_KYBER_VERSION, CURRENT_VERSION);
  return { version, ...decode(SIGNAL_MESSAGE, serialized.subarray(1, -MAC_BYTES)) };
}

/** Both identities are inside, so that a message holds only between the two accounts that it was made for. */
function computeMac(content: Bytes, { macKey, senderIdentity, receiverIdentity }: MacParties): Bytes {
  if (macKey.length !== MAC_KEY_BYTES) throw failure(`invalid MAC key length <${macKey.length}>`);
  const message = concatBytes(senderIdentity.serialize(), receiverIdentity.serialize(), content);
  return hmacSha256(macKey, message).slice(0, MAC_BYTES);
}
