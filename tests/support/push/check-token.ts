import { verify, type KeyObject } from 'node:crypto';

export interface CheckedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

const parse = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;

/** A JSON Web Token whose signature is right; undefined for all others. */
export function checkToken(token: string, algorithm: 'ES256' | 'RS256', key: KeyObject): CheckedToken | undefined {
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  if (more.length > 0 || !/^[\w-]+$/.test(signature)) return undefined;
  const header = parse(head);
  const bytes = Buffer.from(signature, 'base64url');
  if (header['alg'] !== algorithm || (algorithm === 'ES256' && bytes.length !== 64)) return undefined;
  const options = algorithm === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' as const } : { key };
  if (!verify('sha256', Buffer.from(`${head}.${body}`), options, bytes)) return undefined;
  return { header, claims: parse(body) };
}
