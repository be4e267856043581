/** Apple's side, as strict as its documentation says: "Sending notification requests to APNs", "Establishing a token-based
 * connection". */
import { createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http2';
import { checkToken } from './check-token.ts';
import { Http2StandIn, type StandInAnswer } from './http2-stand-in.ts';

export interface ReceivedApns {
  readonly token: string;
  readonly pushType: string;
  readonly topic: string;
  readonly priority: number;
  readonly expiration: number;
  readonly collapseId: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

const TOKEN_MAX_AGE_S = 3600;
const MAX_PAYLOAD_BYTES = 4096;
const PUSH_TYPES = ['alert', 'background', 'voip'];

export class Apns extends Http2StandIn {
  readonly keyId = 'KEY1234567';
  readonly teamId = 'TEAM123456';
  readonly topic = 'org.example.chat';
  /** The .p8 file. */
  readonly privateKeyPem: string;
  readonly #publicKey: KeyObject;
  readonly #now: () => number;
  readonly received: ReceivedApns[] = [];
  /** Tokens that are dead, with what is said of them. */
  readonly dead = new Map<string, StandInAnswer>();
  readonly providerTokens = new Set<string>();

  private constructor(now: () => number) {
    super();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    this.#publicKey = createPublicKey(privateKey);
    this.#now = now;
  }

  static start(now: () => number = Date.now): Promise<Apns> {
    return new Apns(now).listen();
  }

  newToken(): string {
    return randomBytes(32).toString('hex');
  }

  /** Options of a server that pushes here. */
  environment(): Record<string, string> {
    return {
      VANT_PUSH_APNS_KEY: this.privateKeyPem,
      VANT_PUSH_APNS_KEY_ID: this.keyId,
      VANT_PUSH_APNS_TEAM_ID: this.teamId,
      VANT_PUSH_APNS_TOPICS: this.topic,
      VANT_PUSH_APNS_ENDPOINT: this.origin,
    };
  }

  protected override answer(headers: IncomingHttpHeaders, body: string): StandInAnswer {
    const refusal = this.#checkProvider(headers);
    if (refusal !== undefined) return refuse(403, refusal);
    const [, token] = /^\/3\/device\/([0-9a-f]+)$/.exec(headers[':path'] ?? '') ?? [];
    if (headers[':method'] !== 'POST') return refuse(405, 'MethodNotAllowed');
    if (token?.length !== 64) return refuse(400, 'BadDeviceToken');
    const reason = this.#findFault(headers, body);
    if (reason !== undefined) {
      this.complaints.push(reason);
      return refuse(reason === 'PayloadTooLarge' ? 413 : 400, reason);
    }
    const answer = this.dead.get(token);
    if (answer !== undefined) return answer;
    this.received.push({
      token,
      pushType: String(headers['apns-push-type']),
      topic: String(headers['apns-topic']),
      priority: Number(headers['apns-priority']),
      expiration: Number(headers['apns-expiration']),
      collapseId: String(headers['apns-collapse-id']),
      payload: JSON.parse(body) as Record<string, unknown>,
    });
    return { status: 200 };
  }

  #checkProvider(headers: IncomingHttpHeaders): string | undefined {
    const [, token] = /^bearer ([\w.-]+)$/.exec(headers.authorization ?? '') ?? [];
    if (token === undefined) return 'MissingProviderToken';
    const checked = checkToken(token, 'ES256', this.#publicKey);
    if (checked?.header['kid'] !== this.keyId || checked.claims['iss'] !== this.teamId) return 'InvalidProviderToken';
    const age = this.#now() / 1000 - Number(checked.claims['iat']);
    if (!(age >= -60 && age <= TOKEN_MAX_AGE_S)) return 'ExpiredProviderToken';
    this.providerTokens.add(token);
    return undefined;
  }

  #findFault(headers: IncomingHttpHeaders, body: string): string | undefined {
    const type = String(headers['apns-push-type']);
    if (!PUSH_TYPES.includes(type)) return 'InvalidPushType';
    if (headers['apns-topic'] !== (type === 'voip' ? `${this.topic}.voip` : this.topic))
      return 'DeviceTokenNotForTopic';
    if (!['1', '5', '10'].includes(String(headers['apns-priority']))) return 'BadPriority';
    if (type === 'background' && headers['apns-priority'] !== '5') return 'BadPriority';
    return this.#findFaultOfBody(type, body) ?? this.#findFaultOfTimes(headers);
  }

  #findFaultOfTimes(headers: IncomingHttpHeaders): string | undefined {
    const expiration = Number(headers['apns-expiration']);
    if (!Number.isInteger(expiration) || expiration < this.#now() / 1000) return 'BadExpirationDate';
    return Buffer.byteLength(String(headers['apns-collapse-id'])) > 64 ? 'BadCollapseId' : undefined;
  }

  #findFaultOfBody(type: string, body: string): string | undefined {
    if (Buffer.byteLength(body) > MAX_PAYLOAD_BYTES) return 'PayloadTooLarge';
    const { aps } = JSON.parse(body) as { aps?: Record<string, unknown> };
    if (aps === undefined) return 'PayloadEmpty';
    if (type === 'background' && (aps['content-available'] !== 1 || 'alert' in aps || 'sound' in aps))
      return 'BadBackground';
    return type === 'alert' && !('alert' in aps) ? 'BadAlert' : undefined;
  }
}

export const refuse = (status: number, reason: string, more: object = {}): StandInAnswer => ({
  status,
  body: { reason, ...more },
});
