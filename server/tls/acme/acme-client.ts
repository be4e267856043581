/** An ACME client (RFC 8555) with renewal information (RFC 9773), profiles (draft-ietf-acme-profiles) and IP addresses (RFC 8738). It
 * knows requests and answers; when to send them, and what to keep of them, is the business of others. */
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { AcmeError, type AcmeProblem } from './acme-error.ts';
import { parseRetryAfter, type AcmeAnswer, type AcmeRequest } from './acme-http.ts';
import { bindExternalAccount, signJws, toJwk, toThumbprint } from './jws.ts';

export interface Directory {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
  /** Absent where the authority says nothing about renewal. */
  readonly renewalInfo: string | undefined;
  readonly profiles: readonly string[];
  /** The clock of the authority, less ours. */
  readonly clockOffsetMs: number;
}

export type ChallengeType = 'tls-alpn-01' | 'http-01';

export interface Challenge {
  readonly type: string;
  readonly url: string;
  readonly token: string;
}

export interface Authorization {
  readonly url: string;
  readonly name: string;
  readonly status: string;
  readonly challenges: readonly Challenge[];
}

export interface Order {
  readonly url: string;
  readonly status: string;
  readonly authorizations: readonly string[];
  readonly finalize: string;
  readonly certificate: string | undefined;
  readonly error: AcmeProblem | undefined;
}

export interface NewOrder {
  readonly names: readonly string[];
  readonly profile?: string | undefined;
  /** The id of the certificate that it takes the place of. */
  readonly replaces?: string | undefined;
}

export interface RenewalWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly retryAfterMs: number | undefined;
}

interface Options {
  readonly directoryUrl: string;
  readonly request: AcmeRequest;
  readonly accountKey: KeyObject;
  readonly now: () => number;
}

interface Fetched {
  readonly answer: AcmeAnswer;
  readonly body: Readonly<Record<string, unknown>>;
}

const NONCE_ATTEMPTS = 10;

export class AcmeClient {
  readonly #options: Options;
  #directory: Directory | undefined;
  #nonce: string | undefined;
  #accountUrl: string | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  get thumbprint(): string {
    return toThumbprint(this.#options.accountKey);
  }

  async directory(): Promise<Directory> {
    if (this.#directory !== undefined) return this.#directory;
    const { directoryUrl, request, now } = this.#options;
    const { text, headers } = await request(directoryUrl);
    const found = parseObject(text);
    const { newNonce, newAccount, newOrder, renewalInfo, meta } = found;
    if (typeof newNonce !== 'string' || typeof newAccount !== 'string' || typeof newOrder !== 'string') {
      throw new AcmeError({ type: 'notAcme', detail: directoryUrl });
    }
    const profiles = Object.keys((meta as { profiles?: object } | undefined)?.profiles ?? {});
    const theirs = Date.parse(String(headers['date']));
    return (this.#directory = {
      newNonce,
      newAccount,
      newOrder,
      renewalInfo: typeof renewalInfo === 'string' ? renewalInfo : undefined,
      profiles,
      clockOffsetMs: Number.isNaN(theirs) ? 0 : theirs - now(),
    });
  }

  /** Finds the account of the key, or makes one. */
  async register(
    email: string | undefined,
    eab: { readonly keyId: string; readonly key: string } | undefined,
  ): Promise<void> {
    const { newAccount } = await this.directory();
    const { accountKey } = this.#options;
    const { answer } = await this.#post(newAccount, {
      termsOfServiceAgreed: true,
      ...(email !== undefined && { contact: [`mailto:${email}`] }),
      ...(eab && { externalAccountBinding: bindExternalAccount(toJwk(accountKey), eab.keyId, eab.key, newAccount) }),
    });
    this.#accountUrl = String(answer.headers['location']);
  }

  async createOrder({ names, profile, replaces }: NewOrder): Promise<Order> {
    const { newOrder } = await this.directory();
    const identifiers = names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }));
    const { answer, body } = await this.#post(newOrder, {
      identifiers,
      ...(profile !== undefined && { profile }),
      ...(replaces !== undefined && { replaces }),
    });
    return toOrder(String(answer.headers['location']), body);
  }

  async readOrder(url: string): Promise<Order> {
    return toOrder(url, (await this.#post(url)).body);
  }

  async readAuthorization(url: string): Promise<Authorization> {
    const { body } = await this.#post(url);
    const { status, identifier, challenges } = body as unknown as {
      status: string;
      identifier: { value: string };
      challenges: readonly (Challenge & { error?: AcmeProblem })[];
    };
    const failed = challenges.find(({ error }) => error !== undefined)?.error;
    if (status === 'invalid') {
      const problem = failed === undefined ? { type: 'unauthorized', detail: 'no reason given' } : toProblem(failed);
      throw new AcmeError({ ...problem, name: identifier.value });
    }
    return { url, status, name: identifier.value, challenges };
  }

  /** Tells that the answer is in place. */
  async respond(challenge: Challenge): Promise<void> {
    await this.#post(challenge.url, {});
  }

  async finalize(order: Order, csr: Uint8Array): Promise<Order> {
    return toOrder(order.url, (await this.#post(order.finalize, { csr: Buffer.from(csr).toString('base64url') })).body);
  }

  /** @returns PEM, the own certificate first. */
  async download(url: string): Promise<string> {
    return (await this.#post(url)).answer.text;
  }

  /** @returns undefined where the authority says nothing, or nothing that makes sense. */
  async readRenewalWindow(certificateId: string): Promise<RenewalWindow | undefined> {
    const { renewalInfo } = await this.directory();
    if (renewalInfo === undefined) return undefined;
    const { status, text, headers } = await this.#options.request(`${renewalInfo}/${certificateId}`);
    if (status !== 200) return undefined;
    const { suggestedWindow } = parseObject(text) as { suggestedWindow?: { start?: string; end?: string } };
    const [startMs, endMs] = [Date.parse(suggestedWindow?.start ?? ''), Date.parse(suggestedWindow?.end ?? '')];
    if (Number.isNaN(startMs) || Number.isNaN(endMs) || endMs < startMs) return undefined;
    return { startMs, endMs, retryAfterMs: parseRetryAfter(headers['retry-after'], this.#options.now()) };
  }

  /** @throws AcmeError with what the authority says */
  async #post(url: string, payload?: unknown): Promise<Fetched> {
    const { request, accountKey, now } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const nonce = await this.#takeNonce();
      const who = this.#accountUrl === undefined ? { jwk: toJwk(accountKey) } : { kid: this.#accountUrl };
      const answer = await request(url, { method: 'POST', body: signJws(accountKey, { ...who, nonce, url }, payload) });
      this.#nonce = toNonce(answer);
      const body = parseObject(answer.text);
      if (answer.status < 400) return { answer, body };
      const problem = toProblem(body, answer, now());
      // Nonces get old, and a fresh one comes with the refusal. (RFC 8555, 6.5)
      if (problem.type !== 'badNonce' || attempt === NONCE_ATTEMPTS) throw new AcmeError(problem);
    }
  }

  async #takeNonce(): Promise<string> {
    const kept = this.#nonce;
    this.#nonce = undefined;
    if (kept !== undefined) return kept;
    const answer = await this.#options.request((await this.directory()).newNonce, { method: 'HEAD' });
    const nonce = toNonce(answer);
    if (nonce === undefined) throw new AcmeError({ type: 'notAcme', detail: 'no nonce', status: answer.status });
    return nonce;
  }
}

const toNonce = ({ headers }: AcmeAnswer): string | undefined => {
  const nonce = headers['replay-nonce'];
  return typeof nonce === 'string' ? nonce : undefined;
};

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function toOrder(url: string, body: Readonly<Record<string, unknown>>): Order {
  const { status, authorizations, finalize, certificate, error } = body as unknown as Order;
  return { url, status, authorizations, finalize, certificate, error: error && toProblem({ ...error }) };
}

const PREFIX = 'urn:ietf:params:acme:error:';

function toProblem(body: object, answer?: AcmeAnswer, now = 0): AcmeProblem {
  const { type, detail, identifier, subproblems } = body as {
    type?: string;
    detail?: string;
    identifier?: { value: string };
    subproblems?: readonly object[];
  };
  const status = answer?.status;
  return {
    type: type?.startsWith(PREFIX) === true ? type.slice(PREFIX.length) : status === 429 ? 'rateLimited' : 'unknown',
    detail: (detail ?? `HTTP ${status ?? 0}`).slice(0, 300),
    name: identifier?.value,
    status,
    retryAfterMs: parseRetryAfter(answer?.headers['retry-after'], now),
    subproblems: subproblems?.map((each) => toProblem(each)),
  };
}
