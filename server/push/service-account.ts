/** Access tokens for Google's APIs from the key file of a service account (RFC 7523). */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Http2Client } from './http2-client.ts';
import { signToken } from './json-web-token.ts';
import type { Trace } from './push-provider.ts';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const ASSERTION_LIFETIME_S = 3600;
/** One that ends while a request is under way is of no use. */
const RENEW_BEFORE_MS = 5 * 60 * 1000;

export interface ServiceAccountFile {
  readonly projectId: string;
  readonly clientEmail: string;
  readonly keyId: string;
  readonly key: KeyObject;
  readonly tokenUri: string;
}

/** @throws Error that says what is wrong with the file, without quoting it. */
export function parseServiceAccount(json: string): ServiceAccountFile {
  let file: Record<string, unknown>;
  try {
    file = JSON.parse(json) as Record<string, unknown>;
  } catch {
    throw new Error('it is not JSON: it must be the key file as Firebase gives it');
  }
  const read = (name: string): string => {
    const value = file[name];
    if (typeof value !== 'string' || value === '')
      throw new Error(`it has no ${name}: is it the key of a service account?`);
    return value;
  };
  let key: KeyObject;
  try {
    key = createPrivateKey(read('private_key'));
  } catch {
    throw new Error('its private_key is not a private key in PEM');
  }
  return {
    projectId: read('project_id'),
    clientEmail: read('client_email'),
    keyId: read('private_key_id'),
    key,
    tokenUri: read('token_uri'),
  };
}

/** Google has refused the key. */
export class AccountRefusedError extends Error {
  override readonly name = 'AccountRefusedError';
}

export class ServiceAccount {
  readonly projectId: string;
  readonly #file: ServiceAccountFile;
  readonly #client: Http2Client;
  readonly #now: () => number;
  #token = { text: '', expiresAt: -Infinity };
  #fetching: Promise<string> | undefined;

  constructor(file: ServiceAccountFile, ca: string[] | undefined, now: () => number) {
    this.projectId = file.projectId;
    this.#file = file;
    this.#client = new Http2Client({ origin: new URL(file.tokenUri).origin, ca });
    this.#now = now;
  }

  /** @throws AccountRefusedError, or another error when there is no answer. */
  async authorize(trace: Trace): Promise<string> {
    if (this.#token.expiresAt - RENEW_BEFORE_MS > this.#now()) return this.#token.text;
    this.#fetching ??= this.#fetch(trace).finally(() => (this.#fetching = undefined));
    return await this.#fetching;
  }

  /** It was not accepted: the next one is fetched. */
  forget(token: string): void {
    if (this.#token.text === token) this.#token.expiresAt = -Infinity;
  }

  async #fetch(trace: Trace): Promise<string> {
    const { clientEmail, keyId, key, tokenUri } = this.#file;
    const iat = Math.floor(this.#now() / 1000);
    const claims = { iss: clientEmail, scope: SCOPE, aud: tokenUri, iat, exp: iat + ASSERTION_LIFETIME_S };
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: signToken('RS256', { kid: keyId }, claims, key),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { status, text } = await this.#client.post(new URL(tokenUri).pathname, headers, body.toString(), trace);
    if (status >= 500 || status === 429) throw new Error(`the token service answered ${status}`);
    const answer = status === 200 ? (JSON.parse(text) as { access_token?: string; expires_in?: number }) : {};
    const { access_token, expires_in = 3600 } = answer;
    if (access_token === undefined) throw new AccountRefusedError(`the service account was refused with ${status}`);
    this.#token = { text: access_token, expiresAt: this.#now() + expires_in * 1000 };
    return access_token;
  }

  close(): void {
    this.#client.close();
  }
}
