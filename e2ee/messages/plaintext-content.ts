// PlaintextContent: the one kind of content that may travel unencrypted (inside sealed sender), because it tells of a
// session that no longer works.
import { failure, inOperation } from '../errors.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import { encode } from '../proto/message.ts';
import { CiphertextMessage, type CiphertextMessageConvertible, CiphertextMessageType } from './ciphertext-message.ts';
import { CONTENT, type DecryptionErrorMessage, PADDING_BOUNDARY } from './decryption-error-message.ts';
import { tooShort } from './message-version.ts';

/** In place of a version byte. */
const IDENTIFIER = 0xc0;

export class PlaintextContent implements CiphertextMessageConvertible {
  readonly #serialized: Bytes;

  private constructor(serialized: Bytes) {
    this.#serialized = serialized;
  }

  static deserialize(buffer: Uint8Array): PlaintextContent {
    return inOperation('PlaintextContent_Deserialize', () => {
      if (buffer.length === 0) throw tooShort(0);
      if (buffer[0] !== IDENTIFIER) throw failure(`unrecognized message version <${buffer[0] ?? 0}>`);
      return new PlaintextContent(copyBytes(buffer));
    });
  }

  static from(message: DecryptionErrorMessage): PlaintextContent {
    const content = encode(CONTENT, { decryptionError: message.serialize() }, IDENTIFIER);
    return new PlaintextContent(Uint8Array.from([...content, PADDING_BOUNDARY]));
  }

  serialize(): Bytes {
    return copyBytes(this.#serialized);
  }

  /** The padded Content, without the identifier. */
  body(): Bytes {
    return copyBytes(this.#serialized.subarray(1));
  }

  asCiphertextMessage(): CiphertextMessage {
    return CiphertextMessage.of(CiphertextMessageType.Plaintext, this.serialize());
  }
}
