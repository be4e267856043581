/** Tells of what has come in: the same in a tab that nobody sees and in the service worker. Each message is told of once, by
 * whichever of them gets to it: the store says what nobody was told of yet, and a lock over all of them holds them apart. */
import type { NotificationSettings } from '../../client/account/notification-settings.ts';
import type { Conversation } from '../../client/conversations/conversation-list.ts';
import type { StoredMessage } from '../../client/conversations/history.ts';
import type { VantClient } from '../../client/client.ts';
import type { NotificationBoard, StoreView } from './notification-board.ts';
import { conversationOfKey, type MessageEntry } from './notification-data.ts';
import {
  isMutedFor,
  isQuietTime,
  isWorthTelling,
  mayRing,
  newestReaction,
  type TellingRules,
} from './notification-rules.ts';
import { fillIn, type NotificationTexts } from './notification-texts.ts';
import { messageLine } from './message-line.ts';

const LOCK_NAME = 'vant-notifier';
/** Whoever holds the lock that long is frozen. */
const STEAL_AFTER_MS = 10_000;
const AT_ONCE = 200;
/** An older reaction comes with history, and is no news. */
const REACTION_AGE_MS = 24 * 60 * 60_000;

export type NotifierClient = Pick<
  VantClient,
  'conversation' | 'markShown' | 'message' | 'notificationSettings' | 'preferences' | 'unreadAmong' | 'unshown'
>;

export interface People {
  /** Undefined when nothing is known of them. */
  nameOf(accountId: string): string | undefined;
  isBlocked(accountId: string): boolean;
}

export interface NotifierDependencies {
  readonly client: NotifierClient;
  readonly board: NotificationBoard;
  readonly texts: () => NotificationTexts;
  readonly people: () => Promise<People>;
  /** Somebody looks at the app, in whichever tab: they see by themselves. */
  readonly isAttended: () => Promise<boolean>;
  readonly locks: LockManager;
  readonly now: () => number;
}

interface News {
  readonly conversation: Conversation;
  readonly messages: StoredMessage[];
}

export class Notifier {
  readonly #dependencies: NotifierDependencies;
  /** By message: the last reaction that was told of. */
  readonly #toldReactions = new Map<string, number>();

  constructor(dependencies: NotifierDependencies) {
    this.#dependencies = dependencies;
  }

  /** Of what nobody was told of yet. Gives how many messages were shown. */
  tell(): Promise<number> {
    return this.#alone(async () => {
      const { client, isAttended } = this.#dependencies;
      let shownCount = 0;
      for (;;) {
        const found = await client.unshown(AT_ONCE);
        if (found.length === 0) return shownCount;
        const messages = found.flatMap(({ message }) => (message === undefined ? [] : [message]));
        if (!(await isAttended())) shownCount += await this.#show(messages);
        // After it was shown: a crash in between shows it again, in the place of the same one.
        await client.markShown(found.map(({ unshownKey }) => unshownKey));
      }
    });
  }

  /** Of somebody's reaction to an own message, if that is what has changed. */
  async tellReaction(message: StoredMessage): Promise<void> {
    const { board, texts, isAttended, now } = this.#dependencies;
    const since = Math.max(this.#toldReactions.get(message.historyKey) ?? 0, now() - REACTION_AGE_MS);
    const reaction = newestReaction(message, since);
    if (reaction === undefined) return;
    this.#toldReactions.set(message.historyKey, reaction.at);
    const [rules, people, conversation] = await this.#look(message.conversation);
    if ((await isAttended()) || !mayTell(rules, conversation, message) || people.isBlocked(reaction.by)) return;
    const { newMessage, reaction: withText, reactionWithoutText, unknownMember } = texts();
    const text = messageLine(message, texts());
    const template = text === newMessage ? reactionWithoutText : withText;
    await board.showReaction(
      { type: 'reaction', conversation: message.conversation, historyKey: message.historyKey },
      {
        name: people.nameOf(reaction.by) ?? unknownMember,
        line: fillIn(template, { emoji: reaction.emoji, text }),
        preview: rules.settings.preview,
      },
    );
  }

  /** Whether a call may ring, and with how much said. */
  async mayRing(): Promise<NotificationSettings | undefined> {
    const { client, now } = this.#dependencies;
    const [settings, { quietHours }] = await Promise.all([client.notificationSettings(), client.preferences()]);
    return mayRing({ settings, quietHours, now: now() }) ? settings : undefined;
  }

  /** Brings what is on the screen in line with the store. */
  async reconcile(): Promise<void> {
    const { client, board } = this.#dependencies;
    if ((await board.count()) === 0) return;
    const [people, { preview }] = await Promise.all([this.#dependencies.people(), client.notificationSettings()]);
    const store: StoreView = {
      preview,
      unreadAmong: (historyKeys) => client.unreadAmong(historyKeys),
      lineOf: async (historyKey) => {
        const message = await client.message(historyKey);
        if (message === undefined || message.isDeleted === true) return undefined;
        return this.#lineOf(message, people, conversationOfKey(historyKey).startsWith('group:'));
      },
    };
    await this.#alone(() => board.reconcile(store));
  }

  async #show(messages: readonly StoredMessage[]): Promise<number> {
    let count = 0;
    for (const [id, group] of Map.groupBy(messages.filter(isWorthTelling), ({ conversation }) => conversation)) {
      const [rules, people, conversation] = await this.#look(id);
      const unread = await this.#dependencies.client.unreadAmong(group.map(({ historyKey }) => historyKey));
      const news = group.filter(
        (message) =>
          unread.includes(message.historyKey) &&
          mayTell(rules, conversation, message) &&
          !people.isBlocked(message.author),
      );
      if (news.length === 0) continue;
      await this.#post({ conversation, messages: news }, people, rules.settings);
      count += news.length;
    }
    return count;
  }

  async #post({ conversation, messages }: News, people: People, { preview }: NotificationSettings): Promise<void> {
    const entries = messages.map((message): MessageEntry => ({
      historyKey: message.historyKey,
      line: preview === 'full' ? this.#lineOf(message, people, conversation.kind === 'group') : '',
      at: message.receivedAt,
    }));
    const name = this.#nameOf(conversation, people);
    await this.#dependencies.board.addMessages({ conversation: conversation.id, name }, entries, preview);
  }

  #nameOf({ id, kind, group }: Conversation, people: People): string {
    const texts = this.#dependencies.texts();
    if (kind === 'group') return group?.title ?? texts.group;
    return kind === 'self' ? texts.notesToSelf : (people.nameOf(id) ?? texts.unknownMember);
  }

  #lineOf(message: StoredMessage, people: People, isGroup: boolean): string {
    const texts = this.#dependencies.texts();
    const line = messageLine(message, texts);
    return isGroup ? `${people.nameOf(message.author) ?? texts.unknownMember}: ${line}` : line;
  }

  async #look(conversation: string): Promise<[TellingRules, People, Conversation]> {
    const { client, people, now } = this.#dependencies;
    const [settings, { quietHours }, names, found] = await Promise.all([
      client.notificationSettings(),
      client.preferences(),
      people(),
      client.conversation(conversation),
    ]);
    return [{ settings, quietHours, now: now() }, names, found];
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const { locks } = this.#dependencies;
    const state = { hasStarted: false };
    const run = (): Promise<T> => {
      state.hasStarted = true;
      return work();
    };
    try {
      return await locks.request(LOCK_NAME, { signal: AbortSignal.timeout(STEAL_AFTER_MS) }, run);
    } catch (error) {
      const isLate = error instanceof DOMException && error.name === 'TimeoutError';
      if (state.hasStarted || !isLate) throw error;
      return locks.request(LOCK_NAME, { steal: true }, run);
    }
  }
}

const mayTell = (rules: TellingRules, conversation: Conversation, message: StoredMessage): boolean =>
  rules.settings.isOn && !isQuietTime(rules) && !isMutedFor(rules, conversation, message);
