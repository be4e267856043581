/** What the page shows, as signals: filled from the engine, changed by nobody else. */
import { batch, effect, signal, type ReadonlySignal } from '@preact/signals-core';
import type { Account } from '../../client/account/account-record.ts';
import type { EngineState } from '../engine/engine-api.ts';
import { watchConnection, type ConnectionTruth } from '../platform/connection-truth.ts';
import type { EngineClient } from '../platform/engine-client.ts';
import { Conversations } from './conversations.ts';
import { Directory } from './directory.ts';
import { Timeline } from './timeline.ts';

export class AppState {
  readonly engineState = signal<EngineState | 'starting' | 'failed'>('starting');
  readonly account = signal<Account | undefined>(undefined);
  readonly connection: ReadonlySignal<ConnectionTruth>;
  readonly directory: Directory;
  readonly conversations: Conversations;
  /** Of the conversation that is open. */
  readonly timeline = signal<Timeline | undefined>(undefined);
  readonly #engine: EngineClient;
  #entering: Promise<void> = Promise.resolve();

  constructor(engine: EngineClient) {
    this.#engine = engine;
    this.connection = watchConnection(engine);
    this.directory = new Directory(engine);
    this.conversations = new Conversations(engine);
    engine.on('state', (state) => {
      this.#entering = this.#onEngineState(state);
    });
    effect(() => {
      const count = this.conversations.unreadTotal.value;
      document.title = count === 0 ? 'Vant' : `(${count}) Vant`;
    });
  }

  /** By account id. */
  get members(): Directory['members'] {
    return this.directory.members;
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
      this.conversations.load(),
      this.directory.load(),
    ]);
    this.account.value = account;
  }

  refreshMembers(): Promise<void> {
    return this.directory.refresh().catch(() => undefined);
  }

  /** Opens a conversation, at a message of it when one is named; undefined closes it. */
  show(conversation: string | undefined, historyKey?: string): void {
    const open = this.timeline.peek();
    if (open?.conversation === conversation) {
      if (historyKey !== undefined) void open?.jumpTo(historyKey);
      return;
    }
    open?.close();
    const timeline = conversation === undefined ? undefined : new Timeline(this.#engine, conversation);
    this.timeline.value = timeline;
    void timeline?.open(historyKey);
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
      this.directory.clear();
      this.conversations.clear();
      this.show(undefined);
    });
  }
}
