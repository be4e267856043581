/** Credentials that carry their own end (draft-uberti-behave-turn-rest): username `<expiry>:<user id>`, password
 * base64(HMAC-SHA1(secret, username)). Whoever has the secret can make and check them; nothing is stored. coturn knows them as
 * `use-auth-secret`. */
import { createHmac } from 'node:crypto';
import type { Authenticate } from '../core/ports.ts';
import { toIntegrityKey } from '../stun/integrity.ts';

export interface TimeLimitedCredentials {
  readonly username: string;
  readonly password: string;
}

export function createTimeLimitedCredentials(
  secret: string,
  userId: string,
  expiresAtMs: number,
): TimeLimitedCredentials {
  const username = `${Math.floor(expiresAtMs / 1000)}:${userId}`;
  return { username, password: toPassword(secret, username) };
}

const toPassword = (secret: string, username: string): string =>
  createHmac('sha1', secret).update(username).digest('base64');

/** Seconds of ten digits end in the year 2286. */
const USERNAME_PATTERN = /^([1-9][0-9]{9}):([A-Za-z0-9_-]{1,64})$/;

export interface AuthenticatorOptions {
  readonly realm: string;
  /** All that hold, the newest first: for a while after a rotation these are two. */
  readonly secrets: () => readonly string[];
  /** No credentials hold longer: an expiry far away was not made by us, or by us with a wrong clock. */
  readonly maxLifetimeMs: number;
  readonly isRevoked: (userId: string) => boolean;
  readonly now: () => number;
}

/** The clocks of several machines differ a little. */
const CLOCK_TOLERANCE_MS = 60_000;

export function createTimeLimitedAuthenticator(options: AuthenticatorOptions): Authenticate {
  const { realm, secrets, maxLifetimeMs, isRevoked, now } = options;
  return (username) => {
    const [, expiry = '', userId = ''] = USERNAME_PATTERN.exec(username) ?? [];
    const leftMs = Number(expiry) * 1000 - now();
    if (userId === '' || leftMs <= 0 || leftMs > maxLifetimeMs + CLOCK_TOLERANCE_MS || isRevoked(userId)) return [];
    return secrets().map((secret) => ({
      userId,
      integrityKey: toIntegrityKey(username, realm, toPassword(secret, username)),
    }));
  };
}
