/** Google's side: the token service (RFC 7523) and FCM HTTP v1. */
import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http2';
import { checkToken } from './check-token.ts';
import { Http2StandIn, type StandInAnswer } from './http2-stand-in.ts';

export interface ReceivedFcm {
  readonly token: string;
  readonly data: Readonly<Record<string, string>>;
  readonly android: { readonly priority: string; readonly ttl: string; readonly collapse_key: string };
}

interface FcmMessage extends ReceivedFcm {
  readonly [field: string]: unknown;
}

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const MESSAGE_FIELDS = ['token', 'data', 'android'];

export class Fcm extends Http2StandIn {
  readonly projectId = 'chat-example';
  readonly #email = 'push@chat-example.iam.gserviceaccount.com';
  readonly #keyId = 'f00';
  readonly #keys: { publicKey: KeyObject; privateKey: KeyObject };
  readonly #now: () => number;
  readonly #accessTokens = new Map<string, number>();
  readonly received: ReceivedFcm[] = [];
  readonly dead = new Map<string, StandInAnswer>();
  tokensIssued = 0;

  private constructor(now: () => number) {
    super();
    this.#keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.#now = now;
  }

  static start(now: () => number = Date.now): Promise<Fcm> {
    return new Fcm(now).listen();
  }

  newToken(): string {
    return `${randomBytes(12).toString('base64url')}:${randomBytes(60).toString('base64url')}`;
  }

  /** The key file, as the console gives it. */
  get serviceAccount(): string {
    return JSON.stringify({
      type: 'service_account',
      project_id: this.projectId,
      private_key_id: this.#keyId,
      private_key: this.#keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: this.#email,
      token_uri: `${this.origin}/token`,
    });
  }

  /** Options of a server that pushes here. */
  environment(): Record<string, string> {
    return { VANT_PUSH_FCM_SERVICE_ACCOUNT: this.serviceAccount, VANT_PUSH_FCM_ENDPOINT: this.origin };
  }

  /** All that have been given out hold no longer. */
  revokeTokens(): void {
    this.#accessTokens.clear();
  }

  protected override answer(headers: IncomingHttpHeaders, body: string): StandInAnswer {
    if (headers[':path'] === '/token') return this.#issueToken(headers, body);
    if (headers[':path'] !== `/v1/projects/${this.projectId}/messages:send`) return fail(404, 'NOT_FOUND');
    const [, accessToken = ''] = /^Bearer (\S+)$/.exec(headers.authorization ?? '') ?? [];
    if ((this.#accessTokens.get(accessToken) ?? 0) <= this.#now()) return fail(401, 'UNAUTHENTICATED');
    return this.#take((JSON.parse(body) as { message: FcmMessage }).message);
  }

  #issueToken(headers: IncomingHttpHeaders, body: string): StandInAnswer {
    const form = new URLSearchParams(body);
    const checked = checkToken(form.get('assertion') ?? '', 'RS256', this.#keys.publicKey);
    const { iss, scope, aud, iat, exp } = checked?.claims ?? {};
    const now = this.#now() / 1000;
    const isGood =
      headers['content-type'] === 'application/x-www-form-urlencoded' &&
      form.get('grant_type') === GRANT &&
      checked?.header['kid'] === this.#keyId &&
      iss === this.#email &&
      scope === SCOPE &&
      aud === `${this.origin}/token` &&
      Number(iat) <= now + 60 &&
      Number(exp) > now &&
      Number(exp) - Number(iat) <= 3600;
    if (!isGood) return { status: 400, body: { error: 'invalid_grant' } };
    const accessToken = randomBytes(24).toString('base64url');
    this.#accessTokens.set(accessToken, this.#now() + 3600_000);
    this.tokensIssued++;
    return { status: 200, body: { access_token: accessToken, expires_in: 3600, token_type: 'Bearer' } };
  }

  #take(message: FcmMessage): StandInAnswer {
    const answer = this.dead.get(message.token);
    if (answer !== undefined) return answer;
    const fault = findFault(message);
    if (fault !== undefined) {
      this.complaints.push(fault);
      return fail(400, 'INVALID_ARGUMENT');
    }
    this.received.push(message);
    return { status: 200, body: { name: `projects/${this.projectId}/messages/1` } };
  }
}

function findFault(message: FcmMessage): string | undefined {
  const strange = Object.keys(message).find((field) => !MESSAGE_FIELDS.includes(field));
  if (strange !== undefined) return `the field ${strange}`;
  if (!Object.values(message.data).every((value) => typeof value === 'string')) return 'data holds only texts';
  if (!['HIGH', 'NORMAL'].includes(message.android.priority)) return 'no such priority';
  const [, seconds] = /^(\d+)s$/.exec(message.android.ttl) ?? [];
  return seconds === undefined || Number(seconds) > 28 * 86_400 ? 'a bad ttl' : undefined;
}

/** As Google words its errors. */
export function fail(
  code: number,
  status: string,
  errorCode?: string,
  headers?: Record<string, string>,
): StandInAnswer {
  const details = errorCode && [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }];
  return { status: code, body: { error: { code, status, ...(details && { details }) } }, ...(headers && { headers }) };
}
