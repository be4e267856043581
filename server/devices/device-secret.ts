import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a base64url secret, base64url. A plain hash suffices: the secret is 32 random bytes, not a password. */
export function hashSecret(secretBase64Url: string): string {
  return createHash('sha256').update(Buffer.from(secretBase64Url, 'base64url')).digest('base64url');
}

/** Compares in constant time. */
export function isSecret(secretBase64Url: string, hash: string): boolean {
  const [given, stored] = [Buffer.from(hashSecret(secretBase64Url)), Buffer.from(hash)];
  return given.length === stored.length && timingSafeEqual(given, stored);
}
