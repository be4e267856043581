/** Notifications of a tab: for what comes in while nobody looks at any; and what is shown is taken away when it was read. */
import { effect } from '@preact/signals-core';
import type { Account } from '../../../client/account/account-record.ts';
import type { CallView } from '../../../client/calls/call-view.ts';
import { notificationTexts } from '../../i18n/notification-texts.ts';
import { locale } from '../../i18n/locale-signal.ts';
import { NotificationBoard } from '../../notifications/notification-board.ts';
import { writeMemo } from '../../notifications/notification-memo.ts';
import { Notifier, type People } from '../../notifications/notifier.ts';
import { SEEN_TO, type CallAction, type WorkerMessage } from '../../notifications/worker-messages.ts';
import type { EngineClient } from '../engine-client.ts';
import { navigate } from '../router.ts';
import { holdAttention, isAttended } from './attention.ts';
import { readPermission, type PushUpkeep } from './push-upkeep.ts';
import { onWorkerMessage, registration } from './worker-link.ts';

/** While somebody looks there is no hurry: only notes that it need not be told of later. */
const ATTENDED_DELAY_MS = 1500;
const RECONCILE_DELAY_MS = 400;
/** Less than the service worker waits. */
const DRAIN_MS = 4000;

export interface TabNotificationsOptions {
  readonly engine: EngineClient;
  readonly upkeep: PushUpkeep;
  readonly account: () => Account | undefined;
  readonly nameOf: (accountId: string) => string | undefined;
  readonly unreadTotal: () => number;
  /** Signals, read within an effect. */
  readonly call: () => CallView | undefined;
  readonly onCallAction: (callId: string, action: CallAction) => void;
}

export class TabNotifications {
  readonly #options: TabNotificationsOptions;
  readonly #board: NotificationBoard;
  readonly #notifier: Notifier;
  readonly #tell: Later;
  readonly #reconcile: Later;

  private constructor(options: TabNotificationsOptions, board: NotificationBoard) {
    this.#options = options;
    this.#board = board;
    const { client } = options.engine;
    this.#notifier = new Notifier({
      ...{ client, board, isAttended, texts: notificationTexts },
      people: () => this.#people(),
      locks: navigator.locks,
      now: () => Date.now(),
    });
    this.#tell = new Later(ATTENDED_DELAY_MS, () => this.#notifier.tell());
    this.#reconcile = new Later(RECONCILE_DELAY_MS, () => this.#notifier.reconcile());
  }

  static async start(options: TabNotificationsOptions): Promise<void> {
    const board = new NotificationBoard(await registration(), notificationTexts);
    new TabNotifications(options, board).#start();
  }

  #start(): void {
    const { engine, account, unreadTotal } = this.#options;
    holdAttention();
    engine.on('message', () => this.#tell.run());
    engine.on('changed', (message) => void this.#notifier.tellReaction(message).catch(() => undefined));
    for (const name of ['changed', 'removed', 'conversation', 'settings'] as const)
      engine.on(name, () => this.#reconcile.run());
    // What is locked is not to be read on the screen either.
    engine.on('state', (state) => {
      if (state !== 'joined') void this.#board.close();
    });
    document.addEventListener('visibilitychange', () => this.#onVisibility());
    onWorkerMessage((message, answer) => void this.#onWorkerMessage(message, answer));
    effect(() => this.#showCall());
    effect(() => {
      if (account() !== undefined) showBadge(unreadTotal());
    });
    effect(() => this.#leaveTexts());
    this.#onVisibility();
    this.#tell.run();
  }

  #onVisibility(): void {
    if (document.visibilityState !== 'visible') return;
    void this.#board.close('unread', 'quiet', 'reaction');
    this.#reconcile.run();
  }

  /** For the service worker. Only where there may ever be a notification: nobody else needs a cache for it. */
  #leaveTexts(): void {
    // Read first: another language is another reason to write.
    const language = locale.value;
    if (this.#options.upkeep.report.value.isOn) void writeMemo(caches, 'texts', { ...notificationTexts(), language });
  }

  #showCall(): void {
    const view = this.#options.call();
    if (view === undefined) return;
    if (view.phase === 'incoming') void this.#ring(view);
    else void this.#board.closeCall(view.id);
  }

  async #ring({ id, peer, withVideo }: CallView): Promise<void> {
    const settings = await this.#notifier.mayRing();
    if (settings === undefined || readPermission() !== 'granted' || (await isAttended())) return;
    const name = this.#options.nameOf(peer) ?? notificationTexts().unknownMember;
    await this.#board.ring({ callId: id, conversation: peer, name, withVideo }, settings.preview);
  }

  async #onWorkerMessage(message: WorkerMessage, answer: ((word: string) => void) | undefined): Promise<void> {
    const { engine, upkeep, onCallAction } = this.#options;
    switch (message.type) {
      case 'push':
        if (answer === undefined) return;
        // It may be that the connection is only thought to be there.
        await engine.control.reconnectNow().catch(() => undefined);
        await engine.client.drain(DRAIN_MS).catch(() => false);
        await this.#notifier.tell();
        answer(SEEN_TO);
        return;
      case 'open':
        navigate(...message.path);
        return;
      case 'call-action':
        onCallAction(message.callId, message.action);
        return;
      case 'subscription-changed':
        await upkeep.mend();
    }
  }

  async #people(): Promise<People> {
    const blocked: readonly string[] = await this.#options.engine.team.blockedMembers();
    return {
      nameOf: this.#options.nameOf,
      isBlocked: (accountId) => blocked.includes(accountId),
    };
  }
}

/** Does something soon, and once for many that ask; at once where a tab is hidden, because its timers sleep. */
class Later {
  readonly #delayMs: number;
  readonly #work: () => Promise<unknown>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  #isAskedAgain = false;

  constructor(delayMs: number, work: () => Promise<unknown>) {
    this.#delayMs = delayMs;
    this.#work = work;
  }

  run(): void {
    if (document.visibilityState !== 'visible') {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#now();
    } else {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#now();
      }, this.#delayMs);
    }
  }

  #now(): void {
    this.#isAskedAgain = true;
    this.#running ??= this.#all().finally(() => (this.#running = undefined));
  }

  async #all(): Promise<void> {
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false;
      // Locked meanwhile, for one: the next occasion comes.
      await this.#work().catch(() => undefined);
    }
  }
}

function showBadge(count: number): void {
  if ('setAppBadge' in navigator) void navigator.setAppBadge(count).catch(() => undefined);
}
