// AES-256-GCM-SIV (RFC 8452) under its public name.
import { failure, inOperation } from './errors.ts';
import { openAesGcmSiv, sealAesGcmSiv } from './primitives/aes.ts';
import { type Bytes, copyBytes } from './primitives/bytes.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;

export class Aes256GcmSiv {
  readonly #key: Bytes;

  private constructor(key: Bytes) {
    this.#key = key;
  }

  static new(key: Bytes): Aes256GcmSiv {
    return inOperation('Aes256GcmSiv_New', () => {
      if (key.length !== KEY_BYTES) throw failure('invalid AES-GCM-SIV key size');
      return new Aes256GcmSiv(copyBytes(key));
    });
  }

  /** The 16-byte tag is appended. */
  encrypt(message: Bytes, nonce: Bytes, associatedData: Bytes): Bytes {
    return inOperation('Aes256GcmSiv_Encrypt', () => {
      requireNonce(nonce);
      return sealAesGcmSiv(this.#key, nonce, message, associatedData);
    });
  }

  decrypt(message: Bytes, nonce: Bytes, associatedData: Bytes): Bytes {
    return inOperation('Aes256GcmSiv_Decrypt', () => {
      requireNonce(nonce);
      const plaintext = openAesGcmSiv(this.#key, nonce, message, associatedData);
      if (plaintext === null) throw failure('invalid AES-GCM-SIV tag');
      return plaintext;
    });
  }
}

function requireNonce(nonce: Bytes): void {
  if (nonce.length !== NONCE_BYTES) throw failure('invalid AES-GCM-SIV nonce size');
}
