/** Public prekeys as Redis keeps them: bytes, because a hundred Kyber keys for each device are the bulk of what is stored.
 * Layout: key id (4 bytes, big-endian), length of the public key (2 bytes, big-endian), public key, signature (may be empty). */
import { encodeBase64Url } from '../../wire/encoding.ts';
import { MAX_ONE_TIME_PRE_KEYS } from '../../wire/limits.ts';
import type { KeyUpload, UploadedKyberPreKey, UploadedPreKey } from '../../wire/schemas.ts';
import type { RedisArgument } from './connection.ts';

type AnyPreKey = UploadedPreKey & { readonly signature?: string };

export function encodePreKey(key: AnyPreKey): Buffer {
  const publicKey = Buffer.from(key.publicKey, 'base64url');
  const signature = Buffer.from(key.signature ?? '', 'base64url');
  const head = Buffer.alloc(6);
  head.writeUInt32BE(key.keyId);
  head.writeUInt16BE(publicKey.length, 4);
  return Buffer.concat([head, publicKey, signature]);
}

export function decodePreKey(bytes: Buffer): UploadedPreKey {
  return { keyId: bytes.readUInt32BE(), publicKey: encodeBase64Url(publicKeyOf(bytes)) };
}

export function decodeSignedPreKey(bytes: Buffer): UploadedKyberPreKey {
  const signature = bytes.subarray(6 + bytes.readUInt16BE(4));
  return { ...decodePreKey(bytes), signature: encodeBase64Url(signature) };
}

const publicKeyOf = (bytes: Buffer) => bytes.subarray(6, 6 + bytes.readUInt16BE(4));

/** The arguments that the script prelude store-keys reads. */
export function toStoreKeysArguments(upload: KeyUpload): RedisArgument[] {
  const single = (key: AnyPreKey | undefined): RedisArgument => (key === undefined ? '' : encodePreKey(key));
  const many = (keys: readonly AnyPreKey[]): RedisArgument[] => [
    String(keys.length),
    ...keys.flatMap((key) => [String(key.keyId), encodePreKey(key)]),
  ];
  return [
    single(upload.signedPreKey),
    single(upload.lastResortKyberPreKey),
    ...many(upload.preKeys ?? []),
    ...many(upload.kyberPreKeys ?? []),
  ];
}

export const MAX_STORED_PER_KIND = String(MAX_ONE_TIME_PRE_KEYS);
