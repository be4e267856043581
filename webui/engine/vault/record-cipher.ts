/** Encrypts records at rest: AES-256-GCM (NIST SP 800-38D), a random 96-bit nonce before each ciphertext, and the place of
 * the record as additional data, so that records cannot be moved. */
const ALGORITHM = 'AES-GCM';
const NONCE_BYTES = 12;

export interface RecordCipher {
  encrypt(table: string, key: string, plaintext: Uint8Array): Promise<Uint8Array>;
  /** @throws DOMException OperationError when the record was changed, moved, or is under another key. */
  decrypt(table: string, key: string, record: Uint8Array): Promise<Uint8Array>;
}

export function createRecordCipher(dataKey: CryptoKey): RecordCipher {
  return {
    async encrypt(table, key, plaintext) {
      const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const parameters = { name: ALGORITHM, iv, additionalData: placeOf(table, key) };
      const ciphertext = await crypto.subtle.encrypt(parameters, dataKey, new Uint8Array(plaintext));
      const record = new Uint8Array(NONCE_BYTES + ciphertext.byteLength);
      record.set(iv);
      record.set(new Uint8Array(ciphertext), NONCE_BYTES);
      return record;
    },
    async decrypt(table, key, record) {
      const iv = new Uint8Array(record.subarray(0, NONCE_BYTES));
      const parameters = { name: ALGORITHM, iv, additionalData: placeOf(table, key) };
      return new Uint8Array(
        await crypto.subtle.decrypt(parameters, dataKey, new Uint8Array(record.subarray(NONCE_BYTES))),
      );
    },
  };
}

/** Tables and keys hold no control characters, so the two cannot run into each other. */
const placeOf = (table: string, key: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(`${table}\0${key}`);
