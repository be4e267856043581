/** Shows a push service who pushes (RFC 8292). One key for the whole server, made at the first start. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { signToken } from './json-web-token.ts';

/** At most a day is allowed; a service whose clock is off by hours still takes half a day. */
const TOKEN_LIFETIME_MS = 12 * 60 * 60 * 1000;
const RENEW_BEFORE_MS = 60 * 60 * 1000;
/** Push services that members may have chosen. */
const MAX_TOKENS = 1000;

/** PKCS #8, to be kept sealed. */
export function createVapidKey(): Buffer {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'der' });
}

export class Vapid {
  /** applicationServerKey: the uncompressed point, base64url. */
  readonly publicKey: string;
  readonly #privateKey: KeyObject;
  readonly #contact: string;
  readonly #now: () => number;
  /** By origin: signing for each push would be half of its cost. */
  readonly #tokens = new Map<string, { token: string; expiresAt: number }>();

  constructor(pkcs8: Buffer, contact: string, now: () => number) {
    this.#privateKey = createPrivateKey({ key: pkcs8, type: 'pkcs8', format: 'der' });
    const { x = '', y = '' } = createPublicKey(this.#privateKey).export({ format: 'jwk' });
    const point = [Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')];
    this.publicKey = Buffer.concat(point).toString('base64url');
    this.#contact = contact;
    this.#now = now;
  }

  /** The Authorization header for a push service. */
  authorize(origin: string): string {
    return `vapid t=${this.#tokenFor(origin)}, k=${this.publicKey}`;
  }

  #tokenFor(origin: string): string {
    const now = this.#now();
    const known = this.#tokens.get(origin);
    if (known !== undefined && known.expiresAt - RENEW_BEFORE_MS > now) return known.token;
    const expiresAt = now + TOKEN_LIFETIME_MS;
    const claims = { aud: origin, exp: Math.floor(expiresAt / 1000), sub: this.#contact };
    const token = signToken('ES256', {}, claims, this.#privateKey);
    if (this.#tokens.size >= MAX_TOKENS) this.#tokens.clear();
    this.#tokens.set(origin, { token, expiresAt });
    return token;
  }
}
