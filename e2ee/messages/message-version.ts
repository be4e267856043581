// The version byte: the message's version in the high nibble, the newest that the sender knows in the low one.
import { failure } from '../errors.ts';

/** X3DH, without Kyber: still parsed, no longer answered. */
export const PRE_KYBER_VERSION = 3;
/** PQXDH with the Triple Ratchet. */
export const CURRENT_VERSION = 4;
export const SENDER_KEY_VERSION = 3;

export function versionByte(version: number, newest: number): number {
  return ((version & 0x0f) << 4) | newest;
}

export function readVersion(byte: number, oldest: number, newest: number): number {
  const version = byte >> 4;
  if (version < oldest) throw failure(`ciphertext version was too old <${version}>`);
  if (version > newest) throw failure(`ciphertext version was unrecognized <${version}>`);
  return version;
}

export function tooShort(length: number): Error {
  return failure(`ciphertext serialized bytes were too short <${length}>`);
}
