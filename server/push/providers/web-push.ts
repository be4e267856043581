/** Web Push (RFC 8030), and UnifiedPush, which is the same protocol to a server of the member's choice. */
import { ECDH } from 'node:crypto';
import { VantError } from '../../../wire/errors.ts';
import { describeNetworkError } from '../describe-network-error.ts';
import { encryptPush } from '../encrypt-push.ts';
import { ForbiddenAddressError, type Answer, type GuardedHttps } from '../guarded-https.ts';
import type { PushOutcome, PushProvider, Trace, Wake } from '../push-provider.ts';
import type { SubscriptionTarget } from '../push-target.ts';
import { parseRetryAfter } from '../retry-after.ts';
import type { Vapid } from '../vapid.ts';

/** The same for every wake. Browsers want a payload that decrypts; what there is to show the service worker fetches itself. */
const PAYLOAD = Buffer.from('{"vant":"wake"}');
/** One wake at a time waits at the push service: a newer one replaces it (RFC 8030, 5.4). */
const TOPIC = 'vant';

interface Collaborators {
  readonly kind: SubscriptionTarget['kind'];
  readonly https: GuardedHttps;
  readonly vapid: Vapid;
  readonly now: () => number;
}

export class WebPushProvider implements PushProvider<SubscriptionTarget> {
  readonly kind: SubscriptionTarget['kind'];
  readonly #https: GuardedHttps;
  readonly #vapid: Vapid;
  readonly #now: () => number;

  constructor({ kind, https, vapid, now }: Collaborators) {
    this.kind = kind;
    this.#https = https;
    this.#vapid = vapid;
    this.#now = now;
  }

  serviceOf({ endpoint }: SubscriptionTarget): string {
    return new URL(endpoint).host;
  }

  async send(target: SubscriptionTarget, wake: Wake, trace: Trace): Promise<PushOutcome> {
    const url = new URL(target.endpoint);
    try {
      const authorization = this.#vapid.authorize(url.origin);
      trace('authorize');
      const body = encryptPush(PAYLOAD, target);
      trace('encrypt');
      const answer = await this.#https.post(url, toHeaders(authorization, wake), body, trace);
      trace('answer');
      return this.#judge(answer);
    } catch (error) {
      if (error instanceof ForbiddenAddressError) return { status: 'refused', detail: error.message };
      return { status: 'later', scope: 'service', detail: describeNetworkError(error) };
    }
  }

  #judge({ status, headers }: Answer): PushOutcome {
    const detail = String(status);
    if (status >= 200 && status < 300) return { status: 'accepted', detail };
    if (status === 404 || status === 410) return { status: 'gone', detail };
    const afterMs = parseRetryAfter(headers['retry-after'] as string | undefined, this.#now());
    const later = { detail, ...(afterMs !== undefined && { afterMs }) };
    if (status === 429) return { status: 'later', scope: 'device', ...later };
    if (status >= 500 || status === 408) return { status: 'later', scope: 'service', ...later };
    // 401 and 403: made for another VAPID key. 3xx: redirects are not followed. The rest: not what we meant to send.
    return { status: 'refused', detail };
  }

  async check({ endpoint, p256dh }: SubscriptionTarget): Promise<void> {
    const url = URL.parse(endpoint);
    if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') {
      throw new VantError('BAD_REQUEST', 'endpoint must be an https URL without credentials.');
    }
    try {
      ECDH.convertKey(Buffer.from(p256dh, 'base64url'), 'prime256v1');
    } catch {
      throw new VantError('BAD_REQUEST', 'p256dh is no point of P-256.');
    }
    try {
      await this.#https.resolveAllowed(url.hostname);
    } catch (error) {
      if (error instanceof ForbiddenAddressError) throw new VantError('PUSH_ADDRESS_REFUSED', `${error.message}.`);
      // The name may resolve again when it matters.
    }
  }

  close(): void {
    this.#https.close();
  }
}

function toHeaders(authorization: string, { urgency, ttlSeconds }: Wake): Record<string, string | number> {
  return {
    authorization,
    ttl: ttlSeconds,
    urgency: urgency === 'quiet' ? 'low' : 'high',
    topic: TOPIC,
    'content-type': 'application/octet-stream',
    'content-encoding': 'aes128gcm',
  };
}
