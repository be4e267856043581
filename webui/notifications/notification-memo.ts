/** What page and service worker tell each other while neither can ask the other: in Cache Storage, which both have, and which needs no
 * key. So nothing in it may be secret. */
import { ENGLISH_TEXTS, type NotificationTexts } from './notification-texts.ts';

const CACHE_NAME = 'vant-notifications';

export interface NotificationMemo {
  /** In the language of the page. */
  readonly texts: NotificationTexts;
  /** When a push last reached this browser, milliseconds since 1970; 0: never. */
  readonly lastPushAt: number;
  /** When the page last tried whether one does. */
  readonly lastTriedAt: number;
}

const EMPTY: NotificationMemo = { texts: ENGLISH_TEXTS, lastPushAt: 0, lastTriedAt: 0 };

/** Each in a file of its own, so that two that write at once do not undo each other. */
const pathOf = (name: keyof NotificationMemo): string => `/notification-memo/${name}`;

export async function readMemo<K extends keyof NotificationMemo>(
  caches: CacheStorage,
  name: K,
): Promise<NotificationMemo[K]> {
  // Opening a cache would make it.
  const found = (await caches.has(CACHE_NAME)) ? await (await caches.open(CACHE_NAME)).match(pathOf(name)) : undefined;
  if (found === undefined) return EMPTY[name];
  return (await found.json()) as NotificationMemo[K];
}

/** Those of an older version may lack some. */
export const readTexts = async (caches: CacheStorage): Promise<NotificationTexts> => ({
  ...ENGLISH_TEXTS,
  ...(await readMemo(caches, 'texts')),
});

export async function writeMemo<K extends keyof NotificationMemo>(
  caches: CacheStorage,
  name: K,
  value: NotificationMemo[K],
): Promise<void> {
  await (await caches.open(CACHE_NAME)).put(pathOf(name), Response.json(value));
}
