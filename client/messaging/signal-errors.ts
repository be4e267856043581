import type * as Libsignal from '@signalapp/libsignal-client';

/** The error codes of libsignal that a client acts upon, and its message types, by their numbers. */

/** One of libsignal's ErrorCode. */
const UNTRUSTED_IDENTITY = 3;

/** libsignal's CiphertextMessageType. */
export const CIPHERTEXT_TYPE = { WHISPER: 2, PRE_KEY: 3, PLAINTEXT: 8 } as const;

/** The type of the message inside a UnidentifiedSenderMessageContent, which libsignal gives as a bare number. */
export function toCiphertextType(type: number): Libsignal.CiphertextMessageType {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the enum itself would have to be injected
  return type;
}

const hasCode = (error: unknown, code: number): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

export const isUntrustedIdentity = (error: unknown): boolean => hasCode(error, UNTRUSTED_IDENTITY);
