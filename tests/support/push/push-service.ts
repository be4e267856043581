/** A push service as RFC 8030, 8188, 8291 and 8292 want it: it knows its subscriptions' private keys, and refuses whatever a browser
 * could not read or a strict service would not take. */
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, type ECDH } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { checkToken } from './check-token.ts';
import { testCertificate } from './test-certificate.ts';

export interface ReceivedPush {
  readonly plaintext: string;
  readonly bodyBytes: number;
  readonly ttl: number;
  readonly urgency: string;
  readonly topic: string;
}

interface Subscription {
  readonly keys: ECDH;
  readonly auth: Buffer;
  readonly pushes: ReceivedPush[];
  /** Answers for the next pushes, before the usual one. */
  readonly answers: CannedAnswer[];
  /** applicationServerKey, once it is known. */
  vapidKey: string | undefined;
  readonly onPush: ((push: ReceivedPush) => void) | undefined;
}

export interface CannedAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer;
}

export interface TestSubscription {
  readonly address: { readonly endpoint: string; readonly p256dh: string; readonly auth: string };
  readonly pushes: ReceivedPush[];
  readonly answers: CannedAnswer[];
}

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, why: string) {
    super(why);
    this.status = status;
  }
}

const REQUEST_URGENCIES = ['very-low', 'low', 'normal', 'high'];

export class PushService {
  readonly #server: Server;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #now: () => number;
  /** Everything that ever came, as it came: for the canary. */
  readonly raw: Buffer[] = [];
  readonly complaints: string[] = [];
  readonly tokens = new Set<string>();
  requests = 0;
  /** Instead of looking at any request. */
  outage: CannedAnswer | 'hang' | undefined;

  private constructor(now: () => number) {
    this.#now = now;
    const { cert, key } = testCertificate();
    this.#server = createServer({ cert, key }, (request, response) => void this.#answer(request, response));
  }

  static async start(now: () => number = Date.now): Promise<PushService> {
    const service = new PushService(now);
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    return service;
  }

  get origin(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get total(): number {
    return [...this.#subscriptions.values()].reduce((sum, { pushes }) => sum + pushes.length, 0);
  }

  /** @param onPush with everything that it takes for this subscription */
  subscribe(onPush?: (push: ReceivedPush) => void): TestSubscription {
    const keys = createECDH('prime256v1');
    const auth = randomBytes(16);
    const name = randomBytes(16).toString('base64url');
    const subscription: Subscription = { keys, auth, pushes: [], answers: [], vapidKey: undefined, onPush };
    const p256dh = keys.generateKeys().toString('base64url');
    this.#subscriptions.set(`/push/${name}`, subscription);
    const address = { endpoint: `${this.origin}/push/${name}`, p256dh, auth: auth.toString('base64url') };
    return { address, pushes: subscription.pushes, answers: subscription.answers };
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    this.raw.push(Buffer.from(JSON.stringify([request.url, request.headers])), body);
    if (this.outage === 'hang') return;
    const subscription = this.#subscriptions.get(request.url ?? '');
    const canned = this.outage ?? subscription?.answers.shift();
    if (canned !== undefined) {
      response.writeHead(canned.status, canned.headers).end(canned.body);
      return;
    }
    try {
      if (subscription === undefined) throw new Refusal(404, 'no such subscription');
      const push = this.#check(request, body, subscription);
      this.raw.push(Buffer.from(push.plaintext));
      subscription.pushes.push(push);
      subscription.onPush?.(push);
      response.writeHead(201).end();
    } catch (error) {
      this.complaints.push((error as Error).message);
      response.writeHead(error instanceof Refusal ? error.status : 400).end();
    }
  }

  #check({ method, headers }: IncomingMessage, body: Buffer, subscription: Subscription): ReceivedPush {
    if (method !== 'POST') throw new Refusal(405, 'not POST');
    this.#checkVapid(headers.authorization ?? '', subscription);
    const header = (name: string) => String(headers[name] ?? '');
    if (!/^\d+$/.test(header('ttl'))) throw new Refusal(400, 'no TTL');
    if (!REQUEST_URGENCIES.includes(header('urgency'))) throw new Refusal(400, 'no such urgency');
    if (!/^[\w-]{1,32}$/.test(header('topic'))) throw new Refusal(400, 'a bad topic');
    if (header('content-encoding') !== 'aes128gcm') throw new Refusal(415, 'not aes128gcm');
    if (body.length > 4096) throw new Refusal(413, 'too large');
    return {
      plaintext: decrypt(body, subscription).toString(),
      bodyBytes: body.length,
      ttl: Number(header('ttl')),
      urgency: header('urgency'),
      topic: header('topic'),
    };
  }

  #checkVapid(authorization: string, subscription: Subscription): void {
    const [, token = '', publicKey = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(authorization) ?? [];
    const point = Buffer.from(publicKey, 'base64url');
    if (point.length !== 65) throw new Refusal(401, 'no VAPID');
    const coordinates = { x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
    const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', ...coordinates }, format: 'jwk' });
    const checked = checkToken(token, 'ES256', key);
    if (checked === undefined) throw new Refusal(401, 'the signature of VAPID is wrong');
    const { aud, exp, sub } = checked.claims;
    const now = this.#now() / 1000;
    if (aud !== this.origin) throw new Refusal(403, 'another audience');
    if (typeof exp !== 'number' || exp <= now || exp > now + 24 * 3600)
      throw new Refusal(403, 'expired, or for too long');
    if (!/^(mailto:|https:)/.test(String(sub))) throw new Refusal(403, 'no contact');
    this.tokens.add(token);
    subscription.vapidKey ??= publicKey;
    if (subscription.vapidKey !== publicKey) throw new Refusal(403, 'another applicationServerKey');
  }
}

/** RFC 8188 and 8291, from the side of the browser. */
function decrypt(body: Buffer, { keys, auth }: Subscription): Buffer {
  const salt = body.subarray(0, 16);
  const recordSize = body.readUInt32BE(16);
  const idLength = body.readUInt8(20);
  const sender = body.subarray(21, 21 + idLength);
  const record = body.subarray(21 + idLength);
  if (idLength !== 65 || recordSize < 18 || record.length > recordSize) throw new Refusal(400, 'a bad header');
  const hkdf = (ikm: Buffer, salted: Buffer, info: Buffer | string, length: number) =>
    Buffer.from(hkdfSync('sha256', ikm, salted, info, length));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), sender]);
  const ikm = hkdf(keys.computeSecret(sender), auth, info, 32);
  const key = hkdf(ikm, salt, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = hkdf(ikm, salt, 'Content-Encoding: nonce\0', 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce).setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = padded.findLastIndex((byte) => byte !== 0);
  if (padded[end] !== 0x02) throw new Refusal(400, 'the last record does not end with 2');
  return padded.subarray(0, end);
}
