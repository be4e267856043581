/** A device as the server sees it: real keys, real frames, but contents of the test's choice. What a hostile or broken client
 * would send is sent from here too. */
import { randomBytes } from 'node:crypto';
import { IdentityKeyPair, KEMKeyPair, PrivateKey } from '@signalapp/libsignal-client';
import { WebSocket } from 'ws';
import { encodeBase64Url } from '../../wire/encoding.ts';
import {
  ClientFrame,
  ServerFrame,
  type Delivery,
  type SendRequest,
  type SendResponse,
} from '../../wire/generated/frames.ts';
import { accountIdToBytes, type AccountId, type DeviceId } from '../../wire/ids.ts';
import { CONNECT_PATH } from '../../wire/route-addresses.ts';
import { ROUTES, type RouteBody, type RouteName, type RouteResponse } from '../../wire/routes.ts';
import type { DeviceRegistration, ErrorBody, Registered, Role } from '../../wire/schemas.ts';
import { hashSecret } from '../../server/devices/device-secret.ts';

const base64 = (bytes: Uint8Array) => encodeBase64Url(bytes);
export const newSecret = () => base64(randomBytes(32));

/** Public keys with good signatures. */
export function createRegistration(
  identity = IdentityKeyPair.generate(),
  oneTimeKeys = 3,
  registrationId = 1 + (randomBytes(2).readUInt16BE() % 16383),
): DeviceRegistration {
  const sign = (key: Uint8Array<ArrayBuffer>) => base64(identity.privateKey.sign(key));
  const signedEc = (keyId: number) => {
    const key = PrivateKey.generate().getPublicKey().serialize();
    return { keyId, publicKey: base64(key), signature: sign(key) };
  };
  const kyber = (keyId: number) => {
    const key = KEMKeyPair.generate().getPublicKey().serialize();
    return { keyId, publicKey: base64(key), signature: sign(key) };
  };
  const ids = Array.from({ length: oneTimeKeys }, (_, index) => index + 1);
  return {
    registrationId,
    identityKey: base64(identity.publicKey.serialize()),
    signedPreKey: signedEc(1),
    lastResortKyberPreKey: kyber(1000),
    preKeys: ids.map((keyId) => ({ keyId, publicKey: base64(PrivateKey.generate().getPublicKey().serialize()) })),
    kyberPreKeys: ids.map(kyber),
  };
}

export class ApiFailure extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  constructor(status: number, body: ErrorBody) {
    super(`${status} ${body.code} ${body.detail ?? ''}`);
    this.status = status;
    this.body = body;
  }
}

/** What became of a call: 'done' or the code of the error. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof ApiFailure) return error.body.code;
    throw error;
  }
}

/** Calls a route with whatever is given: nothing is checked on this side. */
export async function call<N extends RouteName>(
  url: string,
  name: N,
  request: {
    params?: Record<string, unknown>;
    query?: Record<string, string>;
    body?: RouteBody<N> | object;
    credentials?: string;
  } = {},
): Promise<RouteResponse<N>> {
  const { method, path } = ROUTES[name];
  const filled = path.replace(/:(\w+)/g, (_, param: string) => String(request.params?.[param]));
  const target = request.query === undefined ? filled : `${filled}?${new URLSearchParams(request.query).toString()}`;
  const response = await fetch(url + target, {
    method,
    headers: {
      ...(request.body && { 'content-type': 'application/json' }),
      ...(request.credentials && { authorization: `Bearer ${request.credentials}` }),
    },
    ...(request.body && { body: JSON.stringify(request.body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new ApiFailure(response.status, JSON.parse(text) as ErrorBody);
  return (text === '' ? undefined : JSON.parse(text)) as RouteResponse<N>;
}

export class RawDevice {
  readonly url: string;
  readonly accountId: AccountId;
  readonly deviceId: DeviceId;
  readonly registrationId: number;
  readonly identity: IdentityKeyPair;
  readonly credentials: string;

  constructor(url: string, registered: Registered, secret: string, identity: IdentityKeyPair, registrationId: number) {
    this.url = url;
    this.accountId = registered.accountId as AccountId;
    this.deviceId = registered.deviceId as DeviceId;
    this.registrationId = registrationId;
    this.identity = identity;
    this.credentials = `${this.accountId}.${this.deviceId}.${secret}`;
  }

  /** Redeems an invite link or token. */
  static async join(url: string, linkOrToken: string, oneTimeKeys = 3): Promise<RawDevice> {
    const identity = IdentityKeyPair.generate();
    const device = createRegistration(identity, oneTimeKeys);
    const deviceSecret = newSecret();
    const inviteToken = linkOrToken.split('#').at(-1)?.split('.')[0] ?? '';
    const registered = await call(url, 'register', { body: { inviteToken, deviceSecret, device } });
    return new RawDevice(url, registered, deviceSecret, identity, device.registrationId);
  }

  call<N extends RouteName>(
    name: N,
    request: { params?: Record<string, unknown>; query?: Record<string, string>; body?: object } = {},
  ) {
    return call(this.url, name, { ...request, credentials: this.credentials });
  }

  /** @returns the token of a new invite. */
  async invite(role: Role = 'member', ttlSeconds?: number): Promise<string> {
    const token = newSecret();
    await this.call('createInvite', {
      body: { tokenHash: hashSecret(token), role, ...(ttlSeconds && { ttlSeconds }) },
    });
    return token;
  }

  async inviteAndJoin(oneTimeKeys = 3, url = this.url): Promise<RawDevice> {
    return await RawDevice.join(url, await this.invite(), oneTimeKeys);
  }

  /** Adds a linked device to this (primary) device's account. */
  async linkDevice(url = this.url): Promise<RawDevice> {
    const [linkToken, deviceSecret] = [newSecret(), newSecret()];
    await this.call('createLinkToken', { body: { tokenHash: hashSecret(linkToken) } });
    const device = createRegistration(this.identity);
    const body = { accountId: this.accountId, linkToken, deviceSecret, device };
    const registered = await call(url, 'linkDevice', { body });
    return new RawDevice(url, registered, deviceSecret, this.identity, device.registrationId);
  }

  /** The device list entry for a SendRequest. */
  toMessage(content: Uint8Array | string): SendRequest['messages'][number] {
    return { deviceId: this.deviceId, registrationId: this.registrationId, content: Buffer.from(content) };
  }

  async connect(options: { query?: string; url?: string } = {}): Promise<RawConnection> {
    const connection = new RawConnection(this, (options.url ?? this.url) + CONNECT_PATH + (options.query ?? ''));
    await connection.opened;
    return connection;
  }
}

export interface Received {
  readonly deliveryId: number;
  readonly content: string;
  readonly delivery: Delivery;
}

/** Reads frames into a log that tests wait on. */
export class RawConnection {
  readonly socket: WebSocket;
  readonly opened: Promise<void>;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly frames: NonNullable<ServerFrame['body']>[] = [];
  readonly received: Received[] = [];
  /** Acknowledge everything as it comes. */
  autoAck = true;
  #nextRequestId = 1;
  readonly #answers = new Map<number, (result: NonNullable<SendResponse['result']>) => void>();
  readonly #watchers = new Set<() => void>();

  constructor(
    device: { credentials: string },
    url: string,
    subprotocols = ['vant.v1', `bearer.${device.credentials}`],
  ) {
    this.socket = new WebSocket(url.replace(/^http/, 'ws'), subprotocols, { perMessageDeflate: false });
    this.opened = new Promise((resolve, reject) => {
      this.socket.once('open', resolve);
      this.socket.once('error', reject);
      this.socket.once('unexpected-response', (_request, response) => {
        reject(new Error(`refused with ${response.statusCode ?? 0}`));
      });
    });
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#notify();
      });
    });
    this.opened.catch(() => undefined);
    this.socket.on('message', (data: Buffer) => this.#receive(data));
    this.socket.on('error', () => undefined);
  }

  #receive(data: Buffer): void {
    const { body } = ServerFrame.decode(data);
    if (body === undefined) throw new Error('an empty frame');
    this.frames.push(body);
    if (body.$case === 'sendResponse' && body.value.result)
      this.#answers.get(body.value.requestId)?.(body.value.result);
    if (body.$case === 'delivery') {
      const { deliveryId, envelope } = body.value;
      this.received.push({ deliveryId, content: Buffer.from(envelope!.content).toString(), delivery: body.value });
      if (this.autoAck && deliveryId > 0) this.ack(deliveryId);
    }
    this.#notify();
  }

  #notify(): void {
    for (const watcher of this.#watchers) watcher();
  }

  write(body: NonNullable<ClientFrame['body']>): void {
    this.socket.send(ClientFrame.encode({ body }).finish());
  }

  ack(...deliveryIds: number[]): void {
    this.write({ $case: 'ack', value: { deliveryIds } });
  }

  /** Sends to all the given devices of one account. */
  send(
    to: RawDevice | readonly RawDevice[],
    content: Uint8Array | string,
    options: Partial<SendRequest> = {},
  ): Promise<NonNullable<SendResponse['result']>> {
    const devices: readonly RawDevice[] = to instanceof RawDevice ? [to] : to;
    return this.request({
      recipient: accountIdToBytes(devices[0]!.accountId),
      messages: devices.map((device) => device.toMessage(content)),
      ...options,
    });
  }

  async request(request: Partial<SendRequest>): Promise<NonNullable<SendResponse['result']>> {
    const requestId = this.#nextRequestId++;
    const answer = new Promise<NonNullable<SendResponse['result']>>((resolve) => this.#answers.set(requestId, resolve));
    this.write({
      $case: 'send',
      value: {
        requestId,
        recipient: new Uint8Array(16),
        messageId: randomBytes(16),
        clientTimestamp: Date.now(),
        messages: [],
        urgent: true,
        ephemeral: false,
        ttlSeconds: 0,
        resend: false,
        call: false,
        ...request,
      },
    });
    const result = await Promise.race([answer, this.closed]);
    this.#answers.delete(requestId);
    if (!('$case' in result)) throw new Error(`closed with ${result.code} ${result.reason} before the answer`);
    return result;
  }

  /** Resolves as soon as `isTrue`; rejects with what is there after the deadline. */
  async until(isTrue: () => boolean, what: string, deadlineMs = 10_000): Promise<void> {
    if (isTrue()) return;
    const done = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => {
      const seen = this.frames.map((frame) => frame.$case).slice(-20);
      done.reject(new Error(`not within ${deadlineMs} ms: ${what}. Last frames: ${seen.join(', ')}`));
    }, deadlineMs);
    const watcher = () => isTrue() && done.resolve(undefined);
    this.#watchers.add(watcher);
    await done.promise.finally(() => {
      clearTimeout(timer);
      this.#watchers.delete(watcher);
    });
  }

  async untilReceived(count: number): Promise<string[]> {
    await this.until(() => this.received.length >= count, `${count} deliveries (got ${this.received.length})`);
    return this.received.map(({ content }) => content);
  }

  async untilFrame(kind: NonNullable<ServerFrame['body']>['$case']): Promise<void> {
    await this.until(() => this.frames.some((frame) => frame.$case === kind), `a frame ${kind}`);
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}
