/** Signed requests of ACME (RFC 8555, 6.2): flattened JWS with ES256 (RFC 7515, RFC 7518). */
import { createHash, createHmac, createPublicKey, sign, type KeyObject } from 'node:crypto';

export interface PublicJwk {
  readonly crv: string;
  readonly kty: string;
  readonly x: string;
  readonly y: string;
}

const encode = (value: string | Uint8Array): string => Buffer.from(value).toString('base64url');

/** With its members in the order of RFC 7638. */
export function toJwk(key: KeyObject): PublicJwk {
  const { crv = '', kty = '', x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
  return { crv, kty, x, y };
}

/** RFC 7638. */
export const toThumbprint = (key: KeyObject): string =>
  createHash('sha256')
    .update(JSON.stringify(toJwk(key)))
    .digest('base64url');

/** @param payload undefined for POST-as-GET */
export function signJws(key: KeyObject, header: Readonly<Record<string, unknown>>, payload: unknown): string {
  const [protectedPart, payloadPart] = [
    encode(JSON.stringify({ alg: 'ES256', ...header })),
    payload === undefined ? '' : encode(JSON.stringify(payload)),
  ];
  const input = Buffer.from(`${protectedPart}.${payloadPart}`);
  const signature = sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' });
  return JSON.stringify({ protected: protectedPart, payload: payloadPart, signature: encode(signature) });
}

/** External account binding (RFC 8555, 7.3.4). @param macKey base64url */
export function bindExternalAccount(jwk: PublicJwk, kid: string, macKey: string, url: string): object {
  const protectedPart = encode(JSON.stringify({ alg: 'HS256', kid, url }));
  const payload = encode(JSON.stringify(jwk));
  const mac = createHmac('sha256', Buffer.from(macKey, 'base64url')).update(`${protectedPart}.${payload}`);
  return { protected: protectedPart, payload, signature: mac.digest('base64url') };
}
