/** Firebase Cloud Messaging, HTTP v1. */
import { describeNetworkError } from '../describe-network-error.ts';
import { Http2Client, type Http2Answer } from '../http2-client.ts';
import type { PushOutcome, PushProvider, Trace, Wake } from '../push-provider.ts';
import type { FcmTarget } from '../push-target.ts';
import { parseRetryAfter } from '../retry-after.ts';
import { AccountRefusedError, type ServiceAccount } from '../service-account.ts';

export interface FcmOptions {
  readonly account: ServiceAccount;
  readonly endpoint: string;
  readonly ca: string[] | undefined;
  readonly now: () => number;
}

/** The same for every wake. Data, not a notification: the app shows what it has fetched and decrypted. */
const DATA = { vant: 'wake' };
const COLLAPSE_KEY = 'vant';
const DEAD = new Set(['UNREGISTERED', 'SENDER_ID_MISMATCH']);
/** Google's advice for 429 without Retry-After. */
const QUOTA_RETRY_MS = 60_000;
const UNAUTHORIZED_RETRY_MS = 5 * 60 * 1000;

export class FcmProvider implements PushProvider<FcmTarget> {
  readonly kind = 'fcm';
  readonly #options: FcmOptions;
  readonly #client: Http2Client;

  constructor(options: FcmOptions) {
    this.#options = options;
    this.#client = new Http2Client({ origin: options.endpoint, ca: options.ca });
  }

  serviceOf(): string {
    return 'fcm';
  }

  async check(): Promise<void> {
    // A token says nothing about itself; the first wake tells.
  }

  async send({ token }: FcmTarget, wake: Wake, trace: Trace): Promise<PushOutcome> {
    const body = JSON.stringify({ message: toMessage(token, wake) });
    try {
      let answer = await this.#post(body, trace);
      if (answer.status === 401) answer = await this.#post(body, trace);
      trace('answer');
      return this.#judge(answer);
    } catch (error) {
      const isRefused = error instanceof AccountRefusedError;
      const detail = isRefused ? error.message : describeNetworkError(error);
      return { status: 'later', scope: 'service', detail, ...(isRefused && { afterMs: UNAUTHORIZED_RETRY_MS }) };
    }
  }

  async #post(body: string, trace: Trace): Promise<Http2Answer> {
    const { account } = this.#options;
    const accessToken = await account.authorize(trace);
    trace('authorize');
    const path = `/v1/projects/${encodeURIComponent(account.projectId)}/messages:send`;
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
    const answer = await this.#client.post(path, headers, body, trace);
    if (answer.status === 401) account.forget(accessToken);
    return answer;
  }

  #judge(answer: Http2Answer): PushOutcome {
    const { status, headers } = answer;
    if (status === 200) return { status: 'accepted', detail: '200' };
    const code = errorCodeOf(answer);
    const detail = `${status} ${code ?? 'without a code'}`;
    if (code !== undefined && DEAD.has(code)) return { status: 'gone', detail };
    const asked = parseRetryAfter(headers['retry-after'], this.#options.now());
    if (status === 429) return { status: 'later', scope: 'service', detail, afterMs: asked ?? QUOTA_RETRY_MS };
    if (status === 401 || status === 403) {
      return { status: 'later', scope: 'service', detail, afterMs: asked ?? UNAUTHORIZED_RETRY_MS };
    }
    if (status >= 500)
      return { status: 'later', scope: 'service', detail, ...(asked !== undefined && { afterMs: asked }) };
    return { status: 'refused', detail };
  }

  close(): void {
    this.#client.close();
    this.#options.account.close();
  }
}

function toMessage(token: string, { urgency, ttlSeconds }: Wake): object {
  const priority = urgency === 'quiet' ? 'NORMAL' : 'HIGH';
  return { token, data: DATA, android: { priority, ttl: `${ttlSeconds}s`, collapse_key: COLLAPSE_KEY } };
}

/** `error.details[].errorCode` of FCM, else the status of the API. */
function errorCodeOf({ text }: Http2Answer): string | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { status?: unknown; details?: { errorCode?: unknown }[] } };
    const code = error?.details?.map(({ errorCode }) => errorCode).find((each) => each !== undefined) ?? error?.status;
    return typeof code === 'string' && /^[A-Z_]{1,64}$/.test(code) ? code : undefined;
  } catch {
    return undefined;
  }
}
