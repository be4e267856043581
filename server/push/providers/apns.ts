/** Apple Push Notification service, over HTTP/2 with token authentication. */
import type { KeyObject } from 'node:crypto';
import { VantError } from '../../../wire/errors.ts';
import { describeNetworkError } from '../describe-network-error.ts';
import { Http2Client, type Http2Answer } from '../http2-client.ts';
import { signToken } from '../json-web-token.ts';
import type { PushOutcome, PushProvider, Trace, Wake } from '../push-provider.ts';
import type { ApnsTarget } from '../push-target.ts';
import { parseRetryAfter } from '../retry-after.ts';

export interface ApnsOptions {
  readonly key: KeyObject;
  readonly keyId: string;
  readonly teamId: string;
  readonly topics: readonly string[];
  readonly endpoint: string;
  readonly sandboxEndpoint: string;
  readonly ca: string[] | undefined;
  readonly now: () => number;
}

/** Apple takes a token for an hour, and complains about a new one within 20 minutes. */
const TOKEN_LIFETIME_MS = 50 * 60 * 1000;
const TOKEN_MIN_AGE_MS = 20 * 60 * 1000;
/** Of wakes that wait for a device that is off, the newest. */
const COLLAPSE_ID = 'vant';
/** What the app says about it is the app's own text; there is nothing in here to say. */
const ALERT = JSON.stringify({
  aps: { alert: { 'loc-key': 'VANT_MESSAGE_WAITS' }, 'mutable-content': 1, sound: 'default' },
});
const BACKGROUND = JSON.stringify({ aps: { 'content-available': 1 } });
const VOIP = JSON.stringify({ aps: {} });

/** Answers to a dead or wrong token; a device that registers again says which environment it belongs to. */
const DEAD = new Set(['BadDeviceToken', 'DeviceTokenNotForTopic', 'ExpiredToken', 'Unregistered']);
/** Our own key, not the device: nobody can be woken until the admin mends it. */
const UNAUTHORIZED = new Set(['InvalidProviderToken', 'MissingProviderToken', 'Forbidden', 'TopicDisallowed']);
const UNAUTHORIZED_RETRY_MS = 5 * 60 * 1000;

type PushType = 'alert' | 'background' | 'voip';

export class ApnsProvider implements PushProvider<ApnsTarget> {
  readonly kind = 'apns';
  readonly #options: ApnsOptions;
  readonly #production: Http2Client;
  readonly #sandbox: Http2Client;
  #token = { text: '', madeAt: -Infinity };

  constructor(options: ApnsOptions) {
    this.#options = options;
    this.#production = new Http2Client({ origin: options.endpoint, ca: options.ca });
    this.#sandbox = new Http2Client({ origin: options.sandboxEndpoint, ca: options.ca });
  }

  serviceOf({ sandbox }: ApnsTarget): string {
    return sandbox === true ? 'apns sandbox' : 'apns';
  }

  async check({ topic }: ApnsTarget): Promise<void> {
    if (this.#options.topics.includes(topic)) return;
    throw new VantError('PUSH_ADDRESS_REFUSED', 'The topic is not among push.apns.topics.');
  }

  async send(target: ApnsTarget, wake: Wake, trace: Trace): Promise<PushOutcome> {
    if (wake.urgency === 'call' && target.voipToken !== undefined) {
      const outcome = await this.#sendAs('voip', target.voipToken, target, wake, trace);
      // The app can be woken in the other way still.
      if (outcome.status !== 'gone') return outcome;
    }
    return this.#sendAs(wake.urgency === 'quiet' ? 'background' : 'alert', target.token, target, wake, trace);
  }

  async #sendAs(type: PushType, token: string, target: ApnsTarget, wake: Wake, trace: Trace): Promise<PushOutcome> {
    const client = target.sandbox === true ? this.#sandbox : this.#production;
    try {
      let answer = await this.#post(client, type, token, target.topic, wake, trace);
      if (reasonOf(answer) === 'ExpiredProviderToken' && this.#mayRenew()) {
        this.#token.madeAt = -Infinity;
        answer = await this.#post(client, type, token, target.topic, wake, trace);
      }
      trace('answer');
      return this.#judge(answer, wake);
    } catch (error) {
      return { status: 'later', scope: 'service', detail: describeNetworkError(error) };
    }
  }

  async #post(
    client: Http2Client,
    type: PushType,
    token: string,
    topic: string,
    wake: Wake,
    trace: Trace,
  ): Promise<Http2Answer> {
    const authorization = `bearer ${this.#authorize()}`;
    trace('authorize');
    const headers = {
      authorization,
      'apns-push-type': type,
      'apns-topic': type === 'voip' ? `${topic}.voip` : topic,
      // Background pushes must not have 10.
      'apns-priority': type === 'background' ? 5 : 10,
      'apns-expiration': Math.floor(this.#options.now() / 1000) + wake.ttlSeconds,
      'apns-collapse-id': COLLAPSE_ID,
      'content-type': 'application/json',
    };
    const body = { alert: ALERT, background: BACKGROUND, voip: VOIP }[type];
    return await client.post(`/3/device/${token}`, headers, body, trace);
  }

  #authorize(): string {
    const { now, key, keyId, teamId } = this.#options;
    if (now() - this.#token.madeAt < TOKEN_LIFETIME_MS) return this.#token.text;
    const claims = { iss: teamId, iat: Math.floor(now() / 1000) };
    this.#token = { text: signToken('ES256', { kid: keyId }, claims, key), madeAt: now() };
    return this.#token.text;
  }

  /** When a token of less than 20 minutes is called expired, a new one would only bring the next complaint. */
  #mayRenew(): boolean {
    return this.#options.now() - this.#token.madeAt >= TOKEN_MIN_AGE_MS;
  }

  #judge(answer: Http2Answer, wake: Wake): PushOutcome {
    const { status, headers } = answer;
    if (status === 200) return { status: 'accepted', detail: '200' };
    const reason = reasonOf(answer) ?? 'without a reason';
    const detail = `${status} ${reason}`;
    if (DEAD.has(reason) || status === 410) return judgeDead(answer, wake, detail);
    const asked = parseRetryAfter(headers['retry-after'], this.#options.now());
    const later = { detail, ...(asked !== undefined && { afterMs: asked }) };
    if (UNAUTHORIZED.has(reason) || status === 403) {
      return { status: 'later', scope: 'service', detail, afterMs: asked ?? UNAUTHORIZED_RETRY_MS };
    }
    if (reason === 'TooManyRequests') return { status: 'later', scope: 'device', ...later };
    if (status === 429 || status >= 500) return { status: 'later', scope: 'service', ...later };
    return { status: 'refused', detail };
  }

  close(): void {
    this.#production.close();
    this.#sandbox.close();
  }
}

/** 410 says since when: a token that was registered after that is a new life of it. */
function judgeDead(answer: Http2Answer, wake: Wake, detail: string): PushOutcome {
  const { timestamp } = parseBody(answer);
  if (answer.status === 410 && typeof timestamp === 'number' && timestamp < wake.registeredAt) {
    return { status: 'refused', detail: `${detail}, before it was registered` };
  }
  return { status: 'gone', detail };
}

function reasonOf(answer: Http2Answer): string | undefined {
  const { reason } = parseBody(answer);
  return typeof reason === 'string' && /^[A-Za-z]{1,64}$/.test(reason) ? reason : undefined;
}

function parseBody({ text }: Http2Answer): { reason?: unknown; timestamp?: unknown } {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : {};
  } catch {
    return {};
  }
}
