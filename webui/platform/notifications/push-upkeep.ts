/** Keeps this browser reachable for pushes: subscribes, tells the server, notices when one of the two has lost the other, and mends it. */
import { signal } from '@preact/signals-core';
import { decodeBase64Url } from '../../../wire/encoding.ts';
import { readMemo, writeMemo } from '../../notifications/notification-memo.ts';
import { toPushAddress } from '../../notifications/push-address.ts';
import type { EngineClient } from '../engine-client.ts';
import {
  browserKindOf,
  failureOf,
  isDoubtful,
  isUsable,
  type PermissionState,
  type PushFailure,
} from './push-rules.ts';
import { registration, untilPush } from './worker-link.ts';

const LOOK_AGAIN_MS = 12 * 60 * 60_000;
/** From the server's word that the push service has it. */
const ARRIVAL_TIMEOUT_MS = 30_000;

export interface PushReport {
  readonly permission: PermissionState;
  /** The member wants notifications in this browser. */
  readonly isOn: boolean;
  /** Host of the browser's push service. */
  readonly service?: string | undefined;
  /** The server has exactly this subscription. */
  readonly isRegistered?: boolean | undefined;
  readonly failure?: PushFailure | undefined;
  /** Milliseconds since 1970; 0: never. */
  readonly lastPushAt: number;
}

export class PushUpkeep {
  readonly report = signal<PushReport>({ permission: readPermission(), isOn: false, lastPushAt: 0 });
  readonly isBusy = signal(false);
  readonly #engine: EngineClient;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(engine: EngineClient) {
    this.#engine = engine;
  }

  start(): void {
    const mend = (): void => void this.mend().then(() => this.tryIfDoubtful());
    this.#engine.on('pushAddressDropped', mend);
    this.#engine.on('settings', () => void this.#refresh());
    addEventListener('online', mend);
    setInterval(mend, LOOK_AGAIN_MS);
    // Where a browser cannot be asked, the next look tells.
    void navigator.permissions
      .query({ name: 'notifications' })
      .then((status) => status.addEventListener('change', mend))
      .catch(() => undefined);
    mend();
  }

  /** From a click, because browsers ask only then. Gives whether the member allows it. */
  async turnOn(): Promise<boolean> {
    if (readPermission() === 'default') await Notification.requestPermission();
    const isGranted = readPermission() === 'granted';
    if (isGranted) await this.#engine.client.setNotificationSettings({ isOn: true });
    await this.mend();
    if (isGranted) void this.tryIfDoubtful();
    return isGranted;
  }

  async turnOff(): Promise<void> {
    await this.#engine.client.setNotificationSettings({ isOn: false });
    await this.#alone(async () => {
      const subscription = await (await registration()).pushManager.getSubscription();
      await subscription?.unsubscribe();
      // Offline: the push service tells the server with the next push.
      await this.#engine.push.remove().catch(() => undefined);
    });
    await this.#refresh();
  }

  /** Brings browser and server in line; the report says what came of it. @param isAnew with another subscription in any case */
  async mend({ isAnew = false } = {}): Promise<void> {
    const { isOn, permission } = await this.#refresh();
    if (!isOn || permission !== 'granted') return;
    await this.#alone(async () => {
      try {
        const { subscription, isRegistered } = await this.#subscribe(isAnew);
        this.#tell({ service: new URL(subscription.endpoint).host, isRegistered, failure: undefined });
      } catch (error) {
        this.#tell({ failure: navigator.onLine ? failureOf(error) : 'offline' });
      }
    });
  }

  /** After a long silence: whether a push still arrives. If not, another subscription. Not while nobody is looking: browsers want a
   * notification for a push then. */
  async tryIfDoubtful(): Promise<void> {
    const { isRegistered } = this.report.value;
    if (isRegistered !== true || document.visibilityState !== 'visible') return;
    const [pushed, tried] = await Promise.all([readMemo(caches, 'lastPushAt'), readMemo(caches, 'lastTriedAt')]);
    if (!isDoubtful(pushed, tried, Date.now())) return;
    await writeMemo(caches, 'lastTriedAt', Date.now());
    if (await this.#arrives()) return;
    await this.mend({ isAnew: true });
    if (this.report.value.failure === undefined && !(await this.#arrives())) this.#tell({ failure: 'silent' });
  }

  async #arrives(): Promise<boolean> {
    const { arrived, stop } = untilPush();
    try {
      const { isAccepted } = await this.#engine.push.test();
      const timeout = Promise.withResolvers<false>();
      const timer = setTimeout(() => timeout.resolve(false), isAccepted ? ARRIVAL_TIMEOUT_MS : 0);
      return await Promise.race([arrived.then(() => true), timeout.promise]).finally(() => clearTimeout(timer));
    } catch {
      // Without a server nothing is known, and nothing to be mended.
      return true;
    } finally {
      stop();
      await this.#refresh();
    }
  }

  async #subscribe(isAnew: boolean): Promise<{ subscription: PushSubscription; isRegistered: boolean }> {
    const { push } = this.#engine;
    const { kinds, vapidPublicKey } = await push.offer();
    if (!kinds.includes('webPush') || vapidPublicKey === undefined)
      throw Object.assign(new Error('This server does not push to browsers.'), { code: 'PUSH_UNAVAILABLE' });
    const applicationServerKey = new Uint8Array(decodeBase64Url(vapidPublicKey));
    const { pushManager } = await registration();
    let known = await pushManager.getSubscription();
    if (known !== null && (isAnew || !isUsable(known, applicationServerKey, Date.now()))) {
      await known.unsubscribe();
      known = null;
    }
    const subscription = known ?? (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }));
    const address = toPushAddress(subscription);
    // Looked at each time: the server drops what its push service calls dead.
    if (!(await push.isRegistered(address))) await push.register(address);
    return { subscription, isRegistered: true };
  }

  async #refresh(): Promise<PushReport> {
    const [settings, lastPushAt] = await Promise.all([
      this.#engine.client.notificationSettings().catch(() => undefined),
      readMemo(caches, 'lastPushAt'),
    ]);
    const permission = readPermission();
    const isOn = settings?.isOn ?? false;
    const nothing = { service: undefined, isRegistered: undefined, failure: undefined };
    this.#tell({ permission, isOn, lastPushAt, ...(isOn && permission === 'granted' ? {} : nothing) });
    return this.report.value;
  }

  #tell(change: Partial<PushReport>): void {
    this.report.value = { ...this.report.value, ...change };
  }

  #alone(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(async () => {
      this.isBusy.value = true;
      await work().finally(() => (this.isBusy.value = false));
    });
    this.#queue = done.catch(() => undefined);
    return done;
  }
}

export function readPermission(): PermissionState {
  if ('Notification' in globalThis && 'serviceWorker' in navigator && 'PushManager' in globalThis)
    return Notification.permission;
  const { userAgent, maxTouchPoints } = navigator;
  const isInstalled = matchMedia('(display-mode: standalone)').matches;
  return browserKindOf(userAgent, maxTouchPoints) === 'ios' && !isInstalled ? 'needs-install' : 'unsupported';
}

const upkeeps = new WeakMap<EngineClient, PushUpkeep>();

/** One for the page, whoever asks first. */
export function pushUpkeepOf(engine: EngineClient): PushUpkeep {
  const upkeep = upkeeps.get(engine) ?? new PushUpkeep(engine);
  upkeeps.set(engine, upkeep);
  return upkeep;
}
