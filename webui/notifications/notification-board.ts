/** The notifications of this app on the screen: shown, brought together, corrected, taken away. A tab and the service worker have one
 * each; what is shown is known to the browser only, and found there by both. */
import type { Preview } from '../../client/account/notification-settings.ts';
import { tagOf, type MessageEntry, type NotificationData } from './notification-data.ts';
import { fillIn, type NotificationTexts } from './notification-texts.ts';

const APP_NAME = 'Vant';
const ICON = '/icon-192.png';
/** Systems show about as many lines. */
const SHOWN_LINES = 4;
/** Of one conversation; the count goes on. */
const KEPT_ENTRIES = 100;
const RING_PATTERN = [600, 400, 600, 400, 600];

/** The library's NotificationOptions have only what all browsers know (Notifications API Standard). */
interface Options extends NotificationOptions {
  readonly renotify?: boolean;
  readonly timestamp?: number;
  readonly vibrate?: readonly number[];
  readonly actions?: readonly { readonly action: string; readonly title: string }[];
}

type Registration = Pick<ServiceWorkerRegistration, 'showNotification' | 'getNotifications'>;
type MessagesData = Extract<NotificationData, { type: 'messages' }>;

/** What is in the store now about what is on the screen. */
export interface StoreView {
  readonly preview: Preview;
  unreadAmong(historyKeys: readonly string[]): Promise<readonly string[]>;
  /** Undefined when the message is gone. */
  lineOf(historyKey: string): Promise<string | undefined>;
}

export interface RingingCall {
  readonly callId: string;
  readonly conversation: string;
  readonly name: string;
  readonly withVideo: boolean;
}

export class NotificationBoard {
  readonly #registration: Registration;
  readonly #texts: () => NotificationTexts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(registration: Registration, texts: () => NotificationTexts) {
    this.#registration = registration;
    this.#texts = texts;
  }

  /** Adds to what is shown of the same conversation. */
  async addMessages(
    { conversation, name }: { readonly conversation: string; readonly name: string },
    entries: readonly MessageEntry[],
    preview: Preview,
  ): Promise<void> {
    const added: MessagesData = { type: 'messages', preview, conversation, name, entries };
    const [shown] = await this.#find(tagOf(added));
    const known = shown?.type === 'messages' && shown.preview === preview ? shown.entries : [];
    const keys = new Set(entries.map(({ historyKey }) => historyKey));
    const others = known.filter(({ historyKey }) => !keys.has(historyKey));
    await this.#showMessages({ ...added, entries: [...others, ...entries].slice(-KEPT_ENTRIES) }, true);
  }

  async showReaction(
    data: Extract<NotificationData, { type: 'reaction' }>,
    { name, line, preview }: { readonly name: string; readonly line: string; readonly preview: Preview },
  ): Promise<void> {
    const texts = this.#texts();
    const body = preview === 'full' ? line : texts.newMessage;
    await this.#show(preview === 'nothing' ? APP_NAME : name, data, { body });
  }

  async ring({ callId, conversation, name, withVideo }: RingingCall, preview: Preview): Promise<void> {
    const texts = this.#texts();
    await this.#show(
      preview === 'nothing' ? APP_NAME : name,
      { type: 'call', callId, conversation },
      {
        body: withVideo ? texts.incomingVideoCall : texts.incomingCall,
        requireInteraction: true,
        renotify: true,
        vibrate: RING_PATTERN,
        actions: [
          { action: 'answer', title: texts.answer },
          { action: 'decline', title: texts.decline },
        ],
      },
    );
  }

  /** There is something, and nobody could find out what. */
  showUnread(): Promise<void> {
    return this.#show(APP_NAME, { type: 'unread' }, { body: this.#texts().newMessage });
  }

  /** Says nothing and makes no sound; to be closed soon. */
  showQuiet(): Promise<void> {
    return this.#show(APP_NAME, { type: 'quiet' }, { body: this.#texts().nothingNew, silent: true });
  }

  showTest(body: string): Promise<void> {
    return this.#show(APP_NAME, { type: 'test' }, { body });
  }

  async count(): Promise<number> {
    return (await this.#list()).length;
  }

  async isShown(type: NotificationData['type']): Promise<boolean> {
    return (await this.#all()).some(({ data }) => data?.type === type);
  }

  /** All of these kinds; without kinds, all. */
  async close(...types: readonly NotificationData['type'][]): Promise<void> {
    for (const { notification, data } of await this.#all())
      if (types.length === 0 || (data !== undefined && types.includes(data.type))) notification.close();
  }

  async closeCall(callId: string): Promise<void> {
    for (const { notification, data } of await this.#all())
      if (data?.type === 'call' && data.callId === callId) notification.close();
  }

  /** What was read here or on another device goes away, what was edited is corrected, without a sound. */
  async reconcile(store: StoreView): Promise<void> {
    for (const { notification, data } of await this.#all()) {
      if (data?.type === 'unread' || data?.type === 'quiet') notification.close();
      if (data?.type !== 'messages') continue;
      const entries = data.preview === store.preview ? await keepCurrent(data, store) : [];
      if (entries.length === 0) notification.close();
      else if (!isSame(entries, data.entries)) await this.#showMessages({ ...data, entries }, false);
    }
  }

  async #showMessages(data: MessagesData, isNew: boolean): Promise<void> {
    const texts = this.#texts();
    const { preview, name, entries } = data;
    const count = entries.length;
    const body =
      preview === 'full'
        ? entries
            .slice(-SHOWN_LINES)
            .map(({ line }) => line)
            .join('\n')
        : count === 1
          ? texts.newMessage
          : fillIn(texts.newMessages, { count });
    const hasMore = preview === 'full' && count > SHOWN_LINES;
    const title = preview === 'nothing' ? APP_NAME : hasMore ? `${name} (${count})` : name;
    const at = entries.at(-1)?.at;
    await this.#show(title, preview === 'nothing' ? { ...data, name: '' } : data, {
      body,
      ...(isNew ? { renotify: true } : { silent: true }),
      ...(at === undefined ? {} : { timestamp: at }),
    });
  }

  async #show(title: string, data: NotificationData, options: Options): Promise<void> {
    // It may have been taken back since.
    if (Notification.permission !== 'granted') return;
    const all: Options = { icon: ICON, tag: tagOf(data), data, dir: 'auto', ...options };
    await this.#afterTheLast(() => this.#registration.showNotification(title, all));
  }

  async #all(): Promise<{ notification: Notification; data: NotificationData | undefined }[]> {
    const shown = await this.#list();
    return shown.map((notification) => ({ notification, data: notification.data as NotificationData | undefined }));
  }

  async #find(tag: string): Promise<(NotificationData | undefined)[]> {
    const shown = await this.#list({ tag });
    return shown.map((notification) => notification.data as NotificationData | undefined);
  }

  #list(filter?: GetNotificationOptions): Promise<Notification[]> {
    return this.#afterTheLast(() => this.#registration.getNotifications(filter));
  }

  /** One at a time: Chromium, when asked for the list, forgets those that are not on the screen, also one that is on its way there. */
  #afterTheLast<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

async function keepCurrent({ entries, preview }: MessagesData, store: StoreView): Promise<MessageEntry[]> {
  const kept: MessageEntry[] = [];
  const unread = await store.unreadAmong(entries.map(({ historyKey }) => historyKey));
  for (const entry of entries) {
    if (!unread.includes(entry.historyKey)) continue;
    const line = await store.lineOf(entry.historyKey);
    if (line !== undefined) kept.push(preview === 'full' ? { ...entry, line } : entry);
  }
  return kept;
}

const isSame = (a: readonly MessageEntry[], b: readonly MessageEntry[]): boolean =>
  a.length === b.length &&
  a.every(({ historyKey, line }, index) => historyKey === b[index]?.historyKey && line === b[index].line);
