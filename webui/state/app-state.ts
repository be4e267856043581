/** What the page shows, as signals: filled from the engine, changed by nobody else. */
import { batch, signal } from '@preact/signals-core';
import type { Account } from '../../client/account/account-record.ts';
import type { Conversation } from '../../client/conversations/conversation-list.ts';
import type { StoredMessage } from '../../client/conversations/history.ts';
import type { DirectoryEntry } from '../../client/directory/directory.ts';
import type { ConnectionState } from '../../client/transport/connection-keeper.ts';
import type { EngineState } from '../engine/engine-api.ts';
import type { EngineClient } from '../platform/engine-client.ts';

/** How many messages are fetched at once. */
const PAGE_SIZE = 60;

export class AppState {
  readonly engineState = signal<EngineState | 'starting' | 'failed'>('starting');
  readonly account = signal<Account | undefined>(undefined);
  readonly connection = signal<ConnectionState>({ status: 'connecting' });
  readonly members = signal<ReadonlyMap<string, DirectoryEntry>>(new Map());
  readonly conversations = signal<readonly Conversation[]>([]);
  readonly unread = signal<ReadonlyMap<string, number>>(new Map());
  readonly openConversation = signal<string | undefined>(undefined);
  readonly messages = signal<readonly StoredMessage[]>([]);
  readonly #engine: EngineClient;
  #entering: Promise<void> = Promise.resolve();

  constructor(engine: EngineClient) {
    this.#engine = engine;
    engine.on('state', (state) => {
      this.#entering = this.#onEngineState(state);
    });
    engine.on('connection', (state) => (this.connection.value = state));
    engine.on('message', (message) => this.#onMessage(message));
    engine.on('status', (message) => this.#replace(message));
    engine.on('changed', (message) => this.#replace(message));
    engine.on('queueDrained', () => void this.refreshConversations());
  }

  async start(): Promise<void> {
    try {
      // The event comes before the result.
      await this.#engine.control.open();
      await this.#entering;
    } catch (error) {
      this.engineState.value = 'failed';
      throw error;
    }
  }

  /** After joining, too. */
  async load(): Promise<void> {
    const [account] = await Promise.all([
      this.#engine.client.account(),
      this.refreshConversations(),
      this.#loadMembers(() => this.#engine.team.knownMembers()),
    ]);
    this.account.value = account;
    void this.refreshMembers();
  }

  /** Asks the server who is in the team, and with which names. */
  async refreshMembers(): Promise<void> {
    await this.#loadMembers(() => this.#engine.team.members()).catch(() => undefined);
  }

  async refreshConversations(): Promise<void> {
    const [rows, unread] = await Promise.all([this.#engine.client.conversations(), this.#engine.client.unreadCounts()]);
    batch(() => {
      this.conversations.value = rows;
      this.unread.value = unread;
    });
  }

  async show(conversation: string | undefined): Promise<void> {
    if (this.openConversation.value === conversation) return;
    batch(() => {
      this.openConversation.value = conversation;
      this.messages.value = [];
    });
    if (conversation === undefined) return;
    const messages = await this.#engine.client.messages(conversation, { limit: PAGE_SIZE });
    if (this.openConversation.value === conversation) this.messages.value = messages;
    await this.markRead();
  }

  async markRead(): Promise<void> {
    const conversation = this.openConversation.value;
    if (conversation === undefined || document.visibilityState !== 'visible') return;
    await this.#engine.client.markRead(conversation);
    await this.refreshConversations();
  }

  /** Unlocked or joined, here or in another tab; or locked, erased, lost: then nothing of it stays on the page. */
  async #onEngineState(state: EngineState): Promise<void> {
    if (state === 'joined') await this.load();
    else this.#clear();
    this.engineState.value = state;
  }

  #clear(): void {
    batch(() => {
      this.account.value = undefined;
      this.members.value = new Map();
      this.conversations.value = [];
      this.unread.value = new Map();
      this.openConversation.value = undefined;
      this.messages.value = [];
    });
  }

  #onMessage(message: StoredMessage): void {
    if (message.conversation === this.openConversation.value) {
      this.messages.value = [
        ...this.messages.value.filter(({ historyKey }) => historyKey !== message.historyKey),
        message,
      ];
      void this.markRead();
    }
    void this.refreshConversations();
  }

  #replace(message: StoredMessage): void {
    this.messages.value = this.messages.value.map((known) =>
      known.historyKey === message.historyKey ? message : known,
    );
    void this.refreshConversations();
  }

  async #loadMembers(load: () => Promise<DirectoryEntry[]>): Promise<void> {
    this.members.value = new Map((await load()).map((entry) => [entry.accountId, entry]));
  }
}
