// Authenticates SPQR's key exchange with all the secrets of the epochs before, so that a quantum adversary who forges one
// header must have broken all of them (ML-KEM Braid, "authenticator").
import { type Bytes, concatBytes, equalBytes, u64be } from '../primitives/bytes.ts';
import { hkdf, hmacSha256 } from '../primitives/hkdf.ts';
import { encodeUtf8 } from '../primitives/utf8.ts';
import { macFailed } from './spqr-error.ts';

export interface Authenticator {
  readonly rootKey: Bytes;
  readonly macKey: Bytes;
}

export const AUTHENTICATOR_MAC_BYTES = 32;

const PROTOCOL = 'Signal_PQCKA_V1_MLKEM768';
const UPDATE = encodeUtf8(`${PROTOCOL}:Authenticator Update`);
const HEADER = encodeUtf8(`${PROTOCOL}:ekheader`);
const CIPHERTEXT = encodeUtf8(`${PROTOCOL}:ciphertext`);
const EPOCH_SECRET = encodeUtf8(`${PROTOCOL}:SCKA Key`);

/** Begins with the secret that PQXDH gave, as if it were that of epoch 1. */
export function createAuthenticator(authKey: Bytes): Authenticator {
  return updateAuthenticator({ rootKey: new Uint8Array(32), macKey: new Uint8Array(32) }, 1, authKey);
}

export function updateAuthenticator(auth: Authenticator, epoch: number, secret: Bytes): Authenticator {
  const derived = hkdf(concatBytes(auth.rootKey, secret), null, concatBytes(UPDATE, u64be(epoch)), 64);
  return { rootKey: derived.slice(0, 32), macKey: derived.slice(32) };
}

export function macHeader(auth: Authenticator, epoch: number, header: Bytes): Bytes {
  return hmacSha256(auth.macKey, concatBytes(HEADER, u64be(epoch), header));
}

export function macCiphertext(auth: Authenticator, epoch: number, ciphertext: Bytes): Bytes {
  return hmacSha256(auth.macKey, concatBytes(CIPHERTEXT, u64be(epoch), ciphertext));
}

export function requireMac(expected: Bytes, received: Bytes): void {
  if (!equalBytes(expected, received)) throw macFailed();
}

/** What an epoch contributes, from the KEM's shared secret. */
export function deriveEpochSecret(sharedSecret: Bytes, epoch: number): Bytes {
  return hkdf(sharedSecret, null, concatBytes(EPOCH_SECRET, u64be(epoch)), 32);
}
