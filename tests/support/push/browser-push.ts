/** Takes the place of the push service that Chromium cannot reach here: the page subscribes at the stand-in, and what that one has checked and
 * decrypted is delivered to the service worker through the DevTools protocol. Everything before and after it is real. */
import type { BrowserContext, CDPSession, Page, Worker } from 'playwright-core';
import { until } from '../until.ts';
import type { PushService, ReceivedPush, TestSubscription } from './push-service.ts';

interface Held {
  readonly subscription: TestSubscription;
  /** applicationServerKey in base64url. */
  readonly serverKey: string;
}

interface HandedOut {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
  readonly serverKey: string;
}

export interface ShownNotification {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly requireInteraction: boolean;
  readonly actions: readonly string[];
  readonly type: string;
}

export class BrowserPush {
  readonly #context: BrowserContext;
  readonly #service: PushService;
  readonly #origin: string;
  #session: CDPSession | undefined;
  #held: Held | undefined;
  #registrationId: string | undefined;
  /** What the push service was given for this browser, of whichever subscription. */
  readonly received: ReceivedPush[] = [];
  /** How often the page has subscribed. */
  subscribed = 0;

  private constructor(context: BrowserContext, service: PushService, origin: string) {
    this.#context = context;
    this.#service = service;
    this.#origin = origin;
  }

  /** Before the first page of the context goes anywhere. */
  static async start(context: BrowserContext, service: PushService, origin: string): Promise<BrowserPush> {
    const push = new BrowserPush(context, service, origin);
    await context.exposeFunction('vantPushService', (command: string, serverKey?: string) =>
      push.#command(command, serverKey),
    );
    await context.addInitScript(standIn);
    await context.addInitScript(watchNotifications);
    context.on('serviceworker', (worker) => void worker.evaluate(watchNotifications));
    // A page of no site keeps the browser, and the protocol, alive when those of the app are closed.
    const page = await context.newPage();
    push.#session = await context.newCDPSession(page);
    push.#session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      for (const { registrationId, scopeURL, isDeleted } of registrations)
        if (!isDeleted && scopeURL.startsWith(origin)) push.#registrationId = registrationId;
    });
    await push.#session.send('ServiceWorker.enable');
    return push;
  }

  /** Lets the browser's question be answered with yes when the page asks. */
  async allowWhenAsked(page: Page): Promise<void> {
    await this.#context.exposeFunction('vantGrant', () =>
      this.#context.grantPermissions(['notifications'], { origin: this.#origin }),
    );
    await page.addInitScript(() => {
      if (!('Notification' in globalThis)) return;
      Notification.requestPermission = async () => {
        await (globalThis as unknown as { vantGrant(): Promise<void> }).vantGrant();
        return 'granted';
      };
    });
  }

  get endpoint(): string | undefined {
    return this.#held?.subscription.address.endpoint;
  }

  /** What the push service says to the next pushes. */
  answer(...statuses: readonly number[]): void {
    this.#held?.subscription.answers.push(...statuses.map((status) => ({ status })));
  }

  /** The browser has lost its subscription, and nobody was told. */
  lose(): void {
    this.#held = undefined;
  }

  /** As if it had been made for another key of the server. */
  forgetServerKey(): void {
    if (this.#held !== undefined) this.#held = { ...this.#held, serverKey: 'AAAA' };
  }

  /** A push as the browser's push service brings it. */
  async deliver(data = '{"vant":"wake"}'): Promise<void> {
    const registrationId = await until('a service worker', () => this.#registrationId);
    await this.#session?.send('ServiceWorker.deliverPushMessage', { origin: this.#origin, registrationId, data });
  }

  worker(): Promise<Worker> {
    return until('the service worker', () =>
      this.#context.serviceWorkers().findLast((worker) => worker.url().startsWith(this.#origin)),
    );
  }

  /** What is shown now. */
  async notifications(): Promise<ShownNotification[]> {
    const worker = await this.worker();
    return worker.evaluate(() => [...(globalThis as unknown as Watching).vantShown.values()]);
  }

  /** Closes the last page of the app, and waits until the browser has ended it: until then it takes what comes, and counts as looked at. */
  async closePage(page: Page): Promise<void> {
    await page.close();
    const worker = await this.worker();
    await until('the end of the page', () =>
      worker.evaluate(async () => {
        const { clients, navigator } = globalThis as unknown as ServiceWorkerGlobal;
        const { held = [] } = await navigator.locks.query();
        return (await clients.matchAll()).length === 0 && held.every(({ name }) => name !== 'vant-receiver');
      }),
    );
  }

  async closeAll(): Promise<void> {
    await (
      await this.worker()
    ).evaluate(async () => {
      const { registration } = globalThis as unknown as ServiceWorkerGlobal;
      for (const shown of await registration.getNotifications()) shown.close();
    });
  }

  /** As a person would, though without what a browser gives only to them: opening a window. */
  async click(tag: string, action = ''): Promise<void> {
    const worker = await this.worker();
    await worker.evaluate(
      async ([wanted, pressed]) => {
        const scope = globalThis as unknown as ServiceWorkerGlobal;
        const [notification] = await scope.registration.getNotifications({ tag: wanted });
        scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification, action: pressed }));
      },
      [tag, action] as const,
    );
  }

  #command(command: string, serverKey = ''): HandedOut | undefined {
    if (command === 'unsubscribe') this.#held = undefined;
    if (command === 'subscribe') {
      this.subscribed++;
      this.#held = { subscription: this.#service.subscribe((push) => this.#onPush(push)), serverKey };
    }
    const held = this.#held;
    return held === undefined ? undefined : { ...held.subscription.address, serverKey: held.serverKey };
  }

  #onPush(push: ReceivedPush): void {
    this.received.push(push);
    void this.deliver(push.plaintext);
  }
}

interface ServiceWorkerGlobal {
  readonly navigator: Navigator;
  readonly clients: { matchAll(): Promise<readonly unknown[]> };
  readonly registration: {
    getNotifications(filter?: { tag?: string }): Promise<Notification[]>;
  };
  readonly NotificationEvent: new (type: string, init: object) => Event;
  dispatchEvent(event: Event): boolean;
}

interface Watching {
  vantShown: Map<string, ShownNotification>;
}

interface Change {
  readonly tag: string;
  /** Undefined when it was taken away. */
  readonly notification?: ShownNotification;
}

/** Runs in the pages and in the service worker, which tell each other what they show and take away. The browser's list is not asked in a loop:
 * Chromium, asked while a notification is on its way to the screen, forgets that one. */
function watchNotifications(): void {
  if (!('ServiceWorkerRegistration' in globalThis)) return;
  const shown = new Map<string, ShownNotification>();
  (globalThis as unknown as Watching).vantShown = shown;
  const channel = new BroadcastChannel('test-notifications');
  const apply = ({ tag, notification }: Change): void => {
    shown.delete(tag);
    if (notification !== undefined) shown.set(tag, notification);
  };
  const tell = (change: Change): void => {
    apply(change);
    channel.postMessage(change);
  };
  channel.onmessage = ({ data }: MessageEvent<Change>) => apply(data);
  const { prototype } = ServiceWorkerRegistration;
  const show = Reflect.get<typeof prototype, 'showNotification'>(prototype, 'showNotification');
  prototype.showNotification = async function (title, options = {}) {
    await show.call(this, title, options);
    const { tag = '', body = '', requireInteraction = false, data } = options;
    const { actions = [] } = options as { readonly actions?: readonly { readonly action: string }[] };
    const { type } = data as { readonly type: string };
    const names = actions.map(({ action }) => action);
    tell({ tag, notification: { title, body, tag, requireInteraction, actions: names, type } });
  };
  const close = Reflect.get<Notification, 'close'>(Notification.prototype, 'close');
  Notification.prototype.close = function () {
    close.call(this);
    tell({ tag: this.tag });
  };
}

/** Runs in the page. */
function standIn(): void {
  if (!('PushManager' in globalThis)) return;
  const call = (command: string, serverKey?: string): Promise<HandedOut | undefined> =>
    (
      globalThis as unknown as { vantPushService(command: string, key?: string): Promise<HandedOut | undefined> }
    ).vantPushService(command, serverKey);
  const toBytes = (base64Url: string): ArrayBuffer =>
    Uint8Array.from(atob(base64Url.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0)).buffer;
  const toText = (bytes: ArrayBuffer | ArrayBufferView): string => {
    const view = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer);
    return btoa(String.fromCharCode(...view))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '');
  };
  const toSubscription = (found: HandedOut | undefined): PushSubscription | null => {
    if (found === undefined) return null;
    const { endpoint, serverKey } = found;
    return {
      endpoint,
      expirationTime: null,
      options: { userVisibleOnly: true, applicationServerKey: toBytes(serverKey) },
      getKey: (name: 'p256dh' | 'auth') => toBytes(found[name]),
      unsubscribe: async () => call('unsubscribe').then(() => true),
      toJSON: () => ({ endpoint }),
    };
  };
  PushManager.prototype.getSubscription = async () => toSubscription(await call('get'));
  PushManager.prototype.subscribe = async (options) =>
    toSubscription(await call('subscribe', toText(options?.applicationServerKey as ArrayBuffer)))!;
}
