import { sign, type KeyObject } from 'node:crypto';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A signed JSON Web Token (RFC 7519). ES256 wants the plain 64 bytes of a signature, not DER (RFC 7518, 3.4). */
export function signToken(algorithm: 'ES256' | 'RS256', header: object, claims: object, key: KeyObject): string {
  const input = `${encode({ alg: algorithm, typ: 'JWT', ...header })}.${encode(claims)}`;
  const options = algorithm === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' as const } : { key };
  return `${input}.${sign('sha256', Buffer.from(input), options).toString('base64url')}`;
}
