/** Message encryption of Web Push (RFC 8291) with the content coding aes128gcm (RFC 8188), in a single record. */
import { createCipheriv, createECDH, hkdfSync, randomBytes, type ECDH } from 'node:crypto';
import type { PushSubscriptionKeys } from '../../wire/schemas.ts';

const SALT_BYTES = 16;
const RECORD_SIZE = 4096;
/** RFC 8188, section 2: the last record ends with this byte. */
const LAST_RECORD = 0x02;

/** What is new for every push. */
export interface Ephemeral {
  readonly ecdh: ECDH;
  readonly salt: Buffer;
}

function createEphemeral(): Ephemeral {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  return { ecdh, salt: randomBytes(SALT_BYTES) };
}

/** @param ephemeral only for test vectors
 * @throws Error when p256dh is no point of the curve. */
export function encryptPush(
  plaintext: Uint8Array,
  { p256dh, auth }: Pick<PushSubscriptionKeys, 'p256dh' | 'auth'>,
  { ecdh, salt }: Ephemeral = createEphemeral(),
): Buffer {
  const receiver = Buffer.from(p256dh, 'base64url');
  const sender = ecdh.getPublicKey();
  const keyInfo = Buffer.concat([Buffer.from('WebPush: info\0'), receiver, sender]);
  const ikm = hkdf(Buffer.from(auth, 'base64url'), ecdh.computeSecret(receiver), keyInfo, 32);
  const key = hkdf(salt, ikm, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = hkdf(salt, ikm, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  const record = [cipher.update(plaintext), cipher.update(Buffer.of(LAST_RECORD)), cipher.final(), cipher.getAuthTag()];
  const header = Buffer.alloc(SALT_BYTES + 5);
  salt.copy(header);
  header.writeUInt32BE(RECORD_SIZE, SALT_BYTES);
  header.writeUInt8(sender.length, SALT_BYTES + 4);
  return Buffer.concat([header, sender, ...record]);
}

const hkdf = (salt: Buffer, ikm: Buffer, info: Buffer, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', ikm, salt, info, length));
