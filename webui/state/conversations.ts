/** The conversations of the list, and who is typing in them. */
import { computed, signal } from '@preact/signals-core';
import type { Conversation } from '../../client/conversations/conversation-list.ts';
import type { StoredMessage } from '../../client/conversations/history.ts';
import type { EngineClient } from '../platform/engine-client.ts';

export class Conversations {
  /** Those that have something in them: pinned ones first, then by their newest event. */
  readonly rows = signal<readonly Conversation[]>([]);
  /** By conversation: the accounts that are typing. */
  readonly typing = signal<ReadonlyMap<string, readonly string[]>>(new Map());
  /** Unread messages in conversations that are neither muted nor archived. */
  readonly unreadTotal = computed(() =>
    this.rows.value
      .filter(({ mutedUntil, isArchived }) => mutedUntil < Date.now() && !isArchived)
      .reduce((sum, { unreadCount, isMarkedUnread }) => sum + Math.max(unreadCount, isMarkedUnread ? 1 : 0), 0),
  );
  readonly #engine: EngineClient;

  constructor(engine: EngineClient) {
    this.#engine = engine;
    engine.on('conversation', (conversation) => this.#put(conversation));
    engine.on('status', (message) => this.#replaceLast(message));
    engine.on('changed', (message) => this.#replaceLast(message));
    engine.on('typing', ({ conversation, from, isStarted }) => this.#setTyping(conversation, from, isStarted));
    engine.on('message', ({ conversation, author }) => this.#setTyping(conversation, author, false));
    // A step that was made in another tab, while this one was not looking.
    engine.on('queueDrained', () => void this.load().catch(() => undefined));
  }

  async load(): Promise<void> {
    this.rows.value = await this.#engine.client.conversations();
  }

  clear(): void {
    this.rows.value = [];
    this.typing.value = new Map();
  }

  find(id: string): Conversation | undefined {
    return this.rows.value.find((row) => row.id === id);
  }

  #replaceLast(message: StoredMessage): void {
    const row = this.find(message.conversation);
    if (row?.last?.historyKey !== message.historyKey) return;
    this.rows.value = this.rows.value.map((each) => (each === row ? { ...row, last: message } : each));
  }

  #put(conversation: Conversation): void {
    const known = this.find(conversation.id);
    const others = this.rows.value.filter(({ id }) => id !== conversation.id);
    if (!conversation.isListed) {
      if (known !== undefined) this.rows.value = others;
      return;
    }
    if (known?.isPinned === true && conversation.isPinned) {
      this.rows.value = this.rows.value.map((row) => (row === known ? conversation : row));
      return;
    }
    this.rows.value = [...others, conversation].sort(compareConversations);
  }

  #setTyping(conversation: string, account: string, isStarted: boolean): void {
    const known = this.typing.value.get(conversation) ?? [];
    if (!isStarted && !known.includes(account)) return;
    const others = known.filter((each) => each !== account);
    const next = new Map(this.typing.value);
    next.set(conversation, isStarted ? [...others, account] : others);
    this.typing.value = next;
  }
}

/** Pinned ones keep the order in which they are: the sort is stable, and a new one comes last. */
function compareConversations(a: Conversation, b: Conversation): number {
  if (a.isPinned !== b.isPinned) return a.isPinned ? -1 : 1;
  return a.isPinned ? 0 : b.lastAt - a.lastAt;
}
