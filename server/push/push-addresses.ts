/** A device's own view of its push address: registering, asking, forgetting, and a test. */
import { randomBytes } from 'node:crypto';
import { VantError } from '../../wire/errors.ts';
import type { PushAddress, PushKind, PushRegistration, PushStep, PushTest } from '../../wire/schemas.ts';
import { toDeviceText, type DeviceAddress } from '../devices/device-address.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { Log } from '../observability/log.ts';
import type { PushProvider } from './push-provider.ts';
import type { PushStore } from './push-store.ts';
import { hashPushTarget, toLoggedTarget, toPushTarget, type PushTarget } from './push-target.ts';
import { openTarget, sealTarget, type Seal } from './target-seal.ts';

const ID_BYTES = 12;
/** Long enough to look, too short to come as a surprise later. */
const TEST_TTL_SECONDS = 60;

interface Collaborators {
  readonly store: PushStore;
  /** Undefined where this node cannot open what the others have sealed. */
  readonly seal: Seal | undefined;
  readonly kinds: readonly PushKind[];
  readonly provider: (kind: PushKind) => Promise<PushProvider>;
  readonly changes: RateLimiter;
  /** A new address: what waits may be worth a wake now. */
  readonly registered: (device: string) => void;
  readonly now: () => number;
  readonly log: Log;
}

export class PushAddresses {
  readonly #with: Collaborators;

  constructor(collaborators: Collaborators) {
    this.#with = collaborators;
  }

  /** @throws VantError PUSH_UNAVAILABLE, PUSH_ADDRESS_REFUSED, BAD_REQUEST, RATE_LIMITED */
  async put(device: DeviceAddress, address: PushAddress): Promise<void> {
    const { store, changes, now, registered, log } = this.#with;
    await changes.take(toDeviceText(device));
    const target = toPushTarget(address);
    if (target === undefined) throw new VantError('BAD_REQUEST', 'Name exactly one address.');
    const seal = this.#requireSeal();
    const provider = await this.#providerOf(target);
    await provider.check(target);
    const id = randomBytes(ID_BYTES).toString('base64url');
    const sealed = sealTarget(seal, target, device, id);
    if (!(await store.put(device, { id, kind: target.kind, sealed, registeredAt: now() }))) {
      throw new VantError('UNAUTHORIZED');
    }
    log.debug({ provider: target.kind, address: toLoggedTarget(target) }, 'A push address was registered');
    registered(toDeviceText(device));
  }

  async find(device: DeviceAddress): Promise<PushRegistration> {
    const { address, dropped } = await this.#with.store.find(device);
    if (dropped !== undefined) return { dropped };
    if (address === undefined) return {};
    const target = this.#open(device, address);
    return {
      kind: address.kind,
      registeredAt: address.registeredAt,
      ...(target !== undefined && { addressHash: hashPushTarget(target) }),
    };
  }

  async remove(device: DeviceAddress): Promise<void> {
    await this.#with.store.remove(device);
  }

  /** Wakes the device now, whatever waits. @throws VantError NOT_FOUND, PUSH_UNAVAILABLE, RATE_LIMITED */
  async test(device: DeviceAddress): Promise<PushTest> {
    const { store, changes, now } = this.#with;
    await changes.take(toDeviceText(device));
    const watch = new StopWatch();
    const { address } = await store.find(device);
    const target = address && this.#open(device, address);
    if (address === undefined || target === undefined) {
      throw new VantError('NOT_FOUND', 'No push address is registered for this device.');
    }
    const provider = await this.#providerOf(target);
    watch.pass('address');
    const wake = { urgency: 'message', ttlSeconds: TEST_TTL_SECONDS, registeredAt: address.registeredAt } as const;
    const outcome = await provider.send(target, wake, (step) => watch.pass(step));
    if (outcome.status === 'gone') await store.drop(device, address.id, outcome.detail, now());
    return { isAccepted: outcome.status === 'accepted', steps: watch.steps, detail: outcome.detail };
  }

  #open(device: DeviceAddress, address: { id: string; sealed: Uint8Array }): PushTarget | undefined {
    return openTarget(this.#requireSeal(), address.sealed, device, address.id);
  }

  #requireSeal(): Seal {
    if (this.#with.seal !== undefined) return this.#with.seal;
    throw new VantError('PUSH_UNAVAILABLE', 'This node has another secret.key than the others.');
  }

  async #providerOf({ kind }: PushTarget): Promise<PushProvider> {
    if (!this.#with.kinds.includes(kind)) throw new VantError('PUSH_UNAVAILABLE', `The kind ${kind} is off.`);
    return await this.#with.provider(kind);
  }
}

class StopWatch {
  readonly steps: { name: PushStep; ms: number }[] = [];
  #since = performance.now();

  pass(name: PushStep): void {
    const now = performance.now();
    this.steps.push({ name, ms: Math.round(now - this.#since) });
    this.#since = now;
  }
}
