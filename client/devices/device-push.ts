/** How this device is woken while it has no connection (docs/protocol.md, "Push"). */
import { encodeBase64Url } from '../../wire/encoding.ts';
import type { PushAddress, PushRegistration, PushTest, ServerInfo } from '../../wire/schemas.ts';
import { encodeUtf8 } from '../bytes.ts';
import type { ClientPorts } from '../ports.ts';
import type { Api } from '../transport/api.ts';

const ARRIVAL_TIMEOUT_MS = 30_000;

export interface PushTestReport extends PushTest {
  /** Ms from the provider's answer until the wake was here; undefined when it was not seen, or nobody looked. */
  readonly arrivalMs: number | undefined;
}

export class DevicePush {
  readonly #ports: ClientPorts;
  readonly #api: Api;

  constructor(ports: ClientPorts, api: Api) {
    this.#ports = ports;
    this.#api = api;
  }

  /** What this server can do: kinds of addresses, and the applicationServerKey for a subscription. */
  async offer(): Promise<ServerInfo['push']> {
    return (await this.#api.call('getServer', {})).push;
  }

  /** May be repeated. @throws VantError PUSH_UNAVAILABLE, PUSH_ADDRESS_REFUSED */
  async register(address: PushAddress): Promise<void> {
    await this.#api.call('putPushAddress', { body: address });
  }

  /** What the server has, or why it dropped what it had. */
  registration(): Promise<PushRegistration> {
    return this.#api.call('getPushAddress', {});
  }

  /** Whether the server has exactly this one: subscriptions change without being asked. */
  async isRegistered(address: PushAddress): Promise<boolean> {
    const { addressHash } = await this.registration();
    const text =
      address.webPush?.endpoint ?? address.unifiedPush?.endpoint ?? address.apns?.token ?? address.fcm?.token;
    if (addressHash === undefined || text === undefined) return false;
    const hash = await this.#ports.digest.sha256(encodeUtf8(text));
    return encodeBase64Url(hash) === addressHash;
  }

  async remove(): Promise<void> {
    await this.#api.call('removePushAddress', {});
  }

  /** Wakes this device, and tells how long each step took. @param arrival resolves when the wake is here; asked for before it is sent. */
  async test(arrival?: Promise<unknown>, timeoutMs = ARRIVAL_TIMEOUT_MS): Promise<PushTestReport> {
    const { clock } = this.#ports;
    let arrivedAt: number | undefined;
    const arrived = arrival?.then(() => (arrivedAt = clock.now()));
    const result = await this.#api.call('testPush', {});
    const acceptedAt = clock.now();
    if (arrived !== undefined && result.isAccepted) {
      const timedOut = Promise.withResolvers<undefined>();
      const cancel = clock.setTimer(timeoutMs, () => timedOut.resolve(undefined));
      await Promise.race([arrived, timedOut.promise]).finally(cancel);
    }
    // A push may be quicker than the answer that it was sent.
    const arrivalMs = arrivedAt === undefined ? undefined : Math.max(0, arrivedAt - acceptedAt);
    return { ...result, arrivalMs };
  }
}
