/** What the tabs of this browser tell each other. All are of this origin, so all are trusted alike. */
import type { ClientEvents } from '../../client/events.ts';

/** Events that only the tab has that takes the deliveries, and that are nowhere stored. */
export const PASSING_EVENTS = ['call', 'typing'] as const satisfies readonly (keyof ClientEvents)[];

export type PassingEvent = (typeof PASSING_EVENTS)[number];

export type TabMessage =
  /** The store has changed. */
  | { readonly type: 'committed' }
  | { readonly type: 'lock' }
  /** A tab that starts asks for the key that the others have. */
  | { readonly type: 'key-wanted' }
  /** Cannot be exported: the tabs can use it, and nobody can take it along. */
  | { readonly type: 'key'; readonly dataKey: CryptoKey }
  | { readonly type: 'vault-changed' }
  | { readonly type: 'activity' }
  | { readonly type: 'passing'; readonly name: PassingEvent; readonly detail: ClientEvents[PassingEvent] }
  | { readonly type: 'erased' };

const CHANNEL_NAME = 'vant-tabs';
/** Held, shared, by every tab that has the key. */
const UNLOCKED_LOCK = 'vant-unlocked';
/** Another tab may be busy with a long transaction, but not for ever: it may be frozen. */
const KEY_TIMEOUT_MS = 2000;

export class Tabs {
  readonly #channel = new BroadcastChannel(CHANNEL_NAME);
  readonly #locks: LockManager;
  #releaseUnlocked: (() => void) | undefined;

  constructor(locks: LockManager, onMessage: (message: TabMessage) => void) {
    this.#locks = locks;
    this.#channel.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => onMessage(data));
  }

  tell(message: TabMessage): void {
    this.#channel.postMessage(message);
  }

  /** The key that another tab has, or undefined. */
  async askForKey(): Promise<CryptoKey | undefined> {
    const { held = [] } = await this.#locks.query();
    if (!held.some(({ name }) => name === UNLOCKED_LOCK)) return undefined;
    const answered = Promise.withResolvers<CryptoKey | undefined>();
    const listen = ({ data }: MessageEvent<TabMessage>): void => {
      if (data.type === 'key') answered.resolve(data.dataKey);
    };
    this.#channel.addEventListener('message', listen);
    const timer = setTimeout(() => answered.resolve(undefined), KEY_TIMEOUT_MS);
    this.tell({ type: 'key-wanted' });
    return answered.promise.finally(() => {
      clearTimeout(timer);
      this.#channel.removeEventListener('message', listen);
    });
  }

  /** From now on this tab answers those that ask for the key. */
  async holdKey(): Promise<void> {
    if (this.#releaseUnlocked !== undefined) return;
    const held = Promise.withResolvers<undefined>();
    this.#releaseUnlocked = () => held.resolve(undefined);
    const isGranted = Promise.withResolvers<undefined>();
    void this.#locks.request(UNLOCKED_LOCK, { mode: 'shared' }, () => {
      isGranted.resolve(undefined);
      return held.promise;
    });
    await isGranted.promise;
  }

  close(): void {
    this.dropKey();
    this.#channel.close();
  }

  dropKey(): void {
    this.#releaseUnlocked?.();
    this.#releaseUnlocked = undefined;
  }
}
