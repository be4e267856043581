/** The stretch of one conversation that is in the page. More is loaded at the end that the reader comes near to, and dropped
 * at the other one: ten thousand messages cost no more than two hundred. */
import { batch, signal } from '@preact/signals-core';
import type { StoredMessage } from '../../client/conversations/history.ts';
import type { EngineClient } from '../platform/engine-client.ts';

/** How many messages are fetched at once: more than two screens, and less than can be felt. */
export const PAGE_SIZE = 60;
export const MAX_LOADED = 240;

export interface ScrollTarget {
  readonly historyKey: string;
  /** Whether it is to catch the eye: a quoted message, a hit of a search. */
  readonly isMarked: boolean;
}

type TimelineEngine = Pick<EngineClient, 'client' | 'on'>;

export class Timeline {
  readonly conversation: string;
  readonly messages = signal<readonly StoredMessage[]>([]);
  readonly isLoaded = signal(false);
  readonly hasOlder = signal(false);
  readonly hasNewer = signal(false);
  /** The first message that was unread when the conversation was opened. */
  readonly firstUnread = signal<string | undefined>(undefined);
  /** Where the view is to scroll to; the view takes it. */
  readonly target = signal<ScrollTarget | undefined>(undefined);
  /** The newest message that came in while the conversation was open, for whoever listens instead of looking. */
  readonly announced = signal<StoredMessage | undefined>(undefined);
  readonly #engine: TimelineEngine;
  readonly #stops: (() => void)[];
  #isLoading = false;
  #readUpTo = '';

  constructor(engine: TimelineEngine, conversation: string) {
    this.#engine = engine;
    this.conversation = conversation;
    this.#stops = [
      engine.on('message', (message) => this.#onMessage(message)),
      engine.on('status', (message) => this.#replace(message)),
      engine.on('changed', (message) => this.#replace(message)),
      engine.on('removed', ({ historyKey }) => this.#remove(historyKey)),
    ];
  }

  /** At `historyKey`, else at the first unread message, else at the end. */
  async open(historyKey?: string): Promise<void> {
    const [newest, firstUnread] = await Promise.all([
      this.#fetch({}),
      this.#engine.client.firstUnread(this.conversation),
    ]);
    batch(() => {
      this.firstUnread.value = firstUnread;
      this.#show(newest, newest.length >= PAGE_SIZE, false);
    });
    const wanted = historyKey ?? firstUnread;
    if (wanted !== undefined) await this.jumpTo(wanted, historyKey !== undefined);
    this.isLoaded.value = true;
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  /** Gives whether the message is still there. */
  async jumpTo(historyKey: string, isMarked = true): Promise<boolean> {
    if (!this.#has(historyKey)) {
      const around = await this.#engine.client.messagesAround(historyKey, PAGE_SIZE);
      if (around.length === 0) return false;
      // What lies beyond is found out by asking for it.
      this.#show(around, true, true);
    }
    this.target.value = { historyKey, isMarked };
    return true;
  }

  async jumpToEnd(): Promise<void> {
    if (!this.hasNewer.value) return;
    const newest = await this.#fetch({});
    this.#show(newest, newest.length >= PAGE_SIZE, false);
  }

  async loadOlder(): Promise<void> {
    const first = this.messages.value[0];
    if (first === undefined || !this.hasOlder.value) return;
    await this.#exclusively(async () => {
      const older = await this.#fetch({ before: first.historyKey });
      if (this.messages.value[0] !== first && this.messages.value[0]?.historyKey !== first.historyKey) return;
      const all = [...older, ...this.messages.value];
      const isCut = all.length > MAX_LOADED;
      this.#show(all.slice(0, MAX_LOADED), older.length >= PAGE_SIZE, this.hasNewer.value || isCut);
    });
  }

  async loadNewer(): Promise<void> {
    const last = this.messages.value.at(-1);
    if (last === undefined || !this.hasNewer.value) return;
    await this.#exclusively(async () => {
      const newer = await this.#fetch({ after: last.historyKey });
      if (this.messages.value.at(-1)?.historyKey !== last.historyKey) return;
      const all = [...this.messages.value, ...newer];
      const isCut = all.length > MAX_LOADED;
      this.#show(all.slice(-MAX_LOADED), this.hasOlder.value || isCut, newer.length >= PAGE_SIZE);
    });
  }

  /** Everything up to this message has been seen. */
  async markRead(upTo: string): Promise<void> {
    const before = this.#readUpTo;
    if (upTo <= before) return;
    this.#readUpTo = upTo;
    // What one has written oneself was never unread.
    const isNew = ({ historyKey, direction }: StoredMessage): boolean =>
      direction === 'incoming' && historyKey > before && historyKey <= upTo;
    if (before !== '' && !this.messages.peek().some(isNew)) return;
    await this.#engine.client.markRead(this.conversation, upTo);
  }

  #has(historyKey: string): boolean {
    return this.messages.value.some((message) => message.historyKey === historyKey);
  }

  #fetch(page: { readonly before?: string; readonly after?: string }): Promise<StoredMessage[]> {
    return this.#engine.client.messages(this.conversation, { limit: PAGE_SIZE, ...page });
  }

  async #exclusively(load: () => Promise<void>): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      await load();
    } finally {
      this.#isLoading = false;
    }
  }

  #show(messages: readonly StoredMessage[], hasOlder: boolean, hasNewer: boolean): void {
    batch(() => {
      this.messages.value = messages;
      this.hasOlder.value = hasOlder;
      this.hasNewer.value = hasNewer;
    });
  }

  #onMessage(message: StoredMessage): void {
    if (message.conversation !== this.conversation) return;
    if (message.direction === 'incoming') this.announced.value = message;
    // It is further down than what is loaded.
    if (this.hasNewer.value) return;
    const others = this.messages.value.filter(({ historyKey }) => historyKey !== message.historyKey);
    const isLast = (others.at(-1)?.historyKey ?? '') < message.historyKey;
    const next = [...others, message];
    const ordered = isLast ? next : next.sort((a, b) => (a.historyKey < b.historyKey ? -1 : 1));
    const isCut = ordered.length > MAX_LOADED;
    this.#show(ordered.slice(-MAX_LOADED), this.hasOlder.value || isCut, false);
  }

  #replace(message: StoredMessage): void {
    if (!this.#has(message.historyKey)) return;
    this.messages.value = this.messages.value.map((known) =>
      known.historyKey === message.historyKey ? message : known,
    );
  }

  #remove(historyKey: string): void {
    if (this.#has(historyKey))
      this.messages.value = this.messages.value.filter((message) => message.historyKey !== historyKey);
  }
}
