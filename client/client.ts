/** The client: everything that a Vant client does except pixels. What it needs from outside comes as ports. */
import type { CallMessage } from '../wire/generated/content.ts';
import type { AccountId } from '../wire/ids.ts';
import { loadAccount, loadPending, type Account } from './account/account-record.ts';
import { eraseLocal } from './account/erase.ts';
import type { LinkOptions } from './account/link-device.ts';
import {
  getNotificationSettings,
  putNotificationSettings,
  type NotificationSettings,
} from './account/notification-settings.ts';
import { getPreferences, type Preferences } from './account/preferences.ts';
import type { JoinOptions } from './account/register.ts';
import type { ImportOptions, ImportProgress } from './backup/import-history.ts';
import { isGroup } from './conversations/conversation-id.ts';
import { getConversation, listConversations, type Conversation } from './conversations/conversation-list.ts';
import { getRecord, type Draft } from './conversations/conversation-record.ts';
import type { Delivery } from './conversations/deliveries.ts';
import {
  getMessage,
  listAround,
  listMessages,
  listUnshown,
  markShown,
  type PageOptions,
  type StoredMessage,
  type Unshown,
} from './conversations/history.ts';
import { recordCall, type EndedCall } from './conversations/record-call.ts';
import { removeExpired } from './conversations/remove-message.ts';
import { countUnread, listUnread, unreadAmong } from './conversations/unread.ts';
import { takeUnshown, type UnshownOptions } from './conversations/unshown.ts';
import type { DevicePush } from './devices/device-push.ts';
import { Emitter } from './emitter.ts';
import { ClientError } from './errors.ts';
import type { ClientEvents } from './events.ts';
import type { Groups } from './groups.ts';
import { JoinedClient, type JoinedOptions, type ReconnectOptions } from './joined-client.ts';
import { compose } from './messaging/compose.ts';
import { textBody, type ContentBody, type TextOptions } from './messaging/content.ts';
import { markRead } from './messaging/mark-read.ts';
import * as actions from './messaging/message-actions.ts';
import { listFirst } from './messaging/outbox.ts';
import * as settings from './messaging/setting-actions.ts';
import type { ClientPorts, StorageTransaction } from './ports.ts';
import { omit } from './omit.ts';
import { createStore } from './storage/store.ts';
import { Team } from './team.ts';
import { waitUntil } from './wait-until.ts';

/** A call rings for a minute. */
const CALL_TTL_SECONDS = 60;

export interface ConnectOptions {
  /** Take deliveries, unless another program on this store does. Otherwise this one only sends. */
  readonly receive: boolean;
}

export class VantClient {
  readonly #ports: ClientPorts;
  readonly #options: JoinedOptions;
  readonly #events: Emitter<ClientEvents>;
  #joined: JoinedClient | undefined;

  constructor(ports: ClientPorts, options: JoinedOptions) {
    const storage = createStore(ports.storage, () => this.#joined?.poke());
    this.#ports = { ...ports, storage };
    this.#options = options;
    this.#events = new Emitter((error) => ports.log.write('error', 'listener.failed', { error: String(error) }));
  }

  on<K extends keyof ClientEvents>(name: K, listener: (event: ClientEvents[K]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /** Undefined before join or linkDevice. */
  account(): Promise<Account | undefined> {
    return this.#ports.storage.transaction((tx) => loadAccount(tx));
  }

  /** Joins with an invite link. May be repeated after any failure. */
  async join(options: JoinOptions): Promise<Account> {
    const { join, publishProfile } = await import('./account/register.ts');
    const existing = await this.account();
    // The account is there, but the last step went wrong: only that has to be repeated.
    if (existing?.isProfilePublished === false) return publishProfile(this.#ports, existing);
    return publishProfile(this.#ports, await join(this.#ports, options));
  }

  /** Whether a registration went unanswered: the same join or link has to be called again. */
  async hasPendingRegistration(): Promise<boolean> {
    return (await this.#ports.storage.transaction((tx) => loadPending(tx))) !== undefined;
  }

  /** Makes this a linked device: waits until the primary device has been given the link. */
  async linkDevice(options: LinkOptions): Promise<Account> {
    const { adoptOwnProfile, linkThisDevice, requestSync } = await import('./account/link-device.ts');
    const linked = await adoptOwnProfile(this.#ports, await linkThisDevice(this.#ports, options));
    return requestSync(this.#ports, linked);
  }

  async connect({ receive }: ConnectOptions): Promise<void> {
    await (await this.#requireJoined()).start(receive);
  }

  /** Whether there is a connection to the relay now. */
  get isConnected(): boolean {
    return this.#joined?.connectionState.status === 'connected';
  }

  /** Waits no longer for the next attempt to connect, because the network is back or the device woke up; asks an open
   * connection for a sign of life. */
  reconnectNow(options: ReconnectOptions = {}): void {
    this.#joined?.reconnectNow(options);
  }

  async close(): Promise<void> {
    await this.#joined?.stop();
    this.#joined = undefined;
  }

  /** Members, invites, devices, identity keys. @throws ClientError NOT_JOINED */
  async team(): Promise<Team> {
    return new Team(this.#ports, await this.#requireJoined());
  }

  /** @throws ClientError NOT_JOINED */
  async groups(): Promise<Groups> {
    const { Groups } = await import('./groups.ts');
    return new Groups(this.#ports, await this.#requireJoined());
  }

  /** How this device is woken while it is away. @throws ClientError NOT_JOINED */
  async push(): Promise<DevicePush> {
    const { DevicePush } = await import('./devices/device-push.ts');
    return new DevicePush(this.#ports, (await this.#requireJoined()).api);
  }

  /** To a member, a group, or oneself. @throws ClientError NO_SUCH_CONVERSATION, BLOCKED, NOT_IN_GROUP */
  sendText(conversation: string, text: string, options: TextOptions = {}): Promise<StoredMessage> {
    return this.sendContent(conversation, textBody(text, options), options.isDraft).then((message) => {
      if (message === undefined) throw new Error('a text is always stored');
      return message;
    });
  }

  /** Another program on the same store has committed something: events for it follow at once. */
  noticeChanges(): void {
    this.#joined?.poke();
  }

  /** Queues it; it leaves as soon as there is a connection, in the order of the calls. Gives the stored message for a
   * text. @param isDraft whether it takes the place of the conversation's draft */
  async sendContent(conversation: string, body: ContentBody, isDraft = false): Promise<StoredMessage | undefined> {
    const joined = await this.#requireJoined();
    if (body.$case === 'text') joined.forgetTyping(conversation);
    const { message } = await this.#act(async (context) => {
      if (body.$case === 'text') await actions.beginConversation(context, conversation);
      if (isDraft) await settings.setDraft(context.tx, conversation, undefined);
      return compose(context.ports, context.tx, context.account, conversation, body);
    });
    return message;
  }

  /** Now or never. False when there is no connection. */
  async sendEphemeral(recipient: AccountId, body: ContentBody): Promise<boolean> {
    return (await this.#requireJoined()).sendTransient(recipient, body);
  }

  /** Signalling of a call, to devices that are there while it rings. False when there is no connection. */
  async sendCall(recipient: AccountId, call: CallMessage): Promise<boolean> {
    const joined = await this.#requireJoined();
    return joined.sendTransient(recipient, { $case: 'call', value: call }, { ttlSeconds: CALL_TTL_SECONDS });
  }

  /** The word that a call was missed: it reaches devices that are away, too. */
  async sendCallDurably(recipient: AccountId, call: CallMessage): Promise<void> {
    await this.sendContent(recipient, { $case: 'call', value: call });
  }

  /** To be called with every key that is pressed. Tells the others at most every ten seconds, and by itself when no key was
   * pressed for five. */
  async sendTyping(conversation: string, isTyping = true): Promise<void> {
    (await this.#requireJoined()).setTyping(conversation, isTyping);
  }

  /** Within 24 hours, at most ten times. @throws ClientError NO_SUCH_MESSAGE, NOT_ALLOWED, TOO_LATE, TOO_MANY_EDITS */
  editMessage(historyKey: string, text: string, options: Pick<TextOptions, 'ranges'> = {}): Promise<void> {
    return this.#act((context) => actions.editMessage(context, historyKey, text, options));
  }

  /** Within 24 hours. @throws ClientError NO_SUCH_MESSAGE, NOT_ALLOWED, TOO_LATE */
  deleteForEveryone(historyKey: string): Promise<void> {
    return this.#act((context) => actions.deleteForEveryone(context, historyKey));
  }

  /** On the own devices only. */
  deleteForMe(historyKeys: readonly string[]): Promise<void> {
    return this.#act((context) => actions.deleteForMe(context, historyKeys));
  }

  /** Everything in it, on the own devices. It is listed again when something new comes. */
  deleteConversation(conversation: string): Promise<void> {
    return this.#act((context) => actions.deleteConversation(context, conversation));
  }

  /** In place of an earlier reaction. @throws ClientError NO_SUCH_MESSAGE, NOT_ALLOWED */
  react(historyKey: string, emoji: string): Promise<void> {
    return this.#act((context) => actions.react(context, historyKey, emoji));
  }

  unreact(historyKey: string): Promise<void> {
    return this.#act((context) => actions.react(context, historyKey));
  }

  /** For messages that are written from now on, by both sides; 0: they stay. @throws ClientError NOT_ALLOWED */
  async setExpireTimer(conversation: string, seconds: number): Promise<void> {
    if (isGroup(conversation)) return (await this.groups()).setExpireTimer(conversation, seconds);
    return this.#act((context) => actions.setExpireTimer(context, conversation, seconds));
  }

  /** A message that has failed, to those who did not get it. @throws ClientError NO_SUCH_MESSAGE, NOT_ALLOWED */
  resend(historyKey: string): Promise<void> {
    return this.#act((context) => actions.resend(context, historyKey));
  }

  /** A page of the timeline, oldest first: the newest messages, or those right before or after a given one. */
  messages(conversation: string, page: PageOptions = {}): Promise<StoredMessage[]> {
    return this.#look((tx) => listMessages(tx, conversation, page));
  }

  message(historyKey: string): Promise<StoredMessage | undefined> {
    return this.#look((tx) => getMessage(tx, historyKey));
  }

  /** The message with those around it, oldest first; empty when it is gone. */
  messagesAround(historyKey: string, limit = 100): Promise<StoredMessage[]> {
    return this.#look((tx) => listAround(tx, historyKey, limit));
  }

  /** History key of the oldest message that nobody has read. */
  firstUnread(conversation: string): Promise<string | undefined> {
    return this.#look(async (tx) => (await listUnread(tx, conversation, { limit: 1 }))[0]?.key);
  }

  messageCount(conversation: string): Promise<number> {
    return this.#look(async (tx) => (await getRecord(tx, conversation)).messageCount);
  }

  /** What became of an own message with each recipient. */
  deliveryInfo(historyKey: string): Promise<Delivery[]> {
    return this.#look((tx) => actions.deliveryInfo(tx, historyKey));
  }

  /** Those that have something in them: pinned ones first, then by their newest event. @throws ClientError NOT_JOINED */
  async conversations(): Promise<Conversation[]> {
    const { account } = await this.#requireJoined();
    return this.#look((tx) => listConversations(tx, account.accountId));
  }

  /** Also one that has nothing in it yet. @throws ClientError NOT_JOINED */
  async conversation(id: string): Promise<Conversation> {
    const { account } = await this.#requireJoined();
    return this.#look((tx) => getConversation(tx, id, account.accountId));
  }

  /** What is written and not sent, on this device. */
  setDraft(conversation: string, draft: Draft | undefined): Promise<void> {
    return this.#act(({ tx }) => settings.setDraft(tx, conversation, draft));
  }

  /** Milliseconds since 1970; 0 ends it. */
  setMutedUntil(conversation: string, mutedUntil: number): Promise<void> {
    return this.#act((context) => settings.setConversation(context, conversation, { mutedUntil }));
  }

  setPinned(conversation: string, isPinned: boolean): Promise<void> {
    const pinnedAt = isPinned ? this.#ports.clock.now() : 0;
    return this.#act((context) => settings.setConversation(context, conversation, { pinnedAt }));
  }

  setArchived(conversation: string, isArchived: boolean): Promise<void> {
    return this.#act((context) => settings.setConversation(context, conversation, { isArchived }));
  }

  /** A reminder of one's own; `markRead` takes it away. */
  markUnread(conversation: string): Promise<void> {
    return this.#act((context) => settings.setConversation(context, conversation, { isMarkedUnread: true }));
  }

  preferences(): Promise<Preferences> {
    return this.#look(async (tx) => omit(await getPreferences(tx), 'changedAt'));
  }

  setPreferences(change: Partial<Preferences>): Promise<void> {
    return this.#act((context) => settings.setPreferences(context, change));
  }

  notificationSettings(): Promise<NotificationSettings> {
    return this.#look((tx) => getNotificationSettings(tx));
  }

  setNotificationSettings(change: Partial<NotificationSettings>): Promise<void> {
    return this.#ports.storage.transaction((tx) => putNotificationSettings(tx, change));
  }

  /** An entry in the timeline for a call that has ended. The same call is entered once. */
  recordCall(conversation: string, call: EndedCall): Promise<StoredMessage | undefined> {
    return this.#act((context) => recordCall(context, conversation, call));
  }

  /** Hands out what was received and not yet shown, each message once. Gives their number. */
  takeUnshown(show: (message: StoredMessage) => void | Promise<void>, options: UnshownOptions = {}): Promise<number> {
    return takeUnshown(this.#ports, show, options);
  }

  /** As takeUnshown, for who shows many at once and keeps others from doing so: `markShown` takes the marks away. */
  unshown(limit: number): Promise<Unshown[]> {
    return this.#look((tx) => listUnshown(tx, limit));
  }

  markShown(unshownKeys: readonly string[]): Promise<void> {
    return this.#ports.storage.transaction((tx) => markShown(tx, unshownKeys));
  }

  /** The message as it is stored, once `isDone` holds or the deadline has passed. */
  async waitForMessage(
    historyKey: string,
    isDone: (message: StoredMessage) => boolean,
    timeoutMs: number,
  ): Promise<StoredMessage | undefined> {
    const load = (): Promise<StoredMessage | undefined> =>
      this.#ports.storage.transaction((tx) => getMessage(tx, historyKey));
    const check = async (): Promise<boolean> => {
      const message = await load();
      return message === undefined || isDone(message);
    };
    await waitUntil(this.#ports.clock, check, timeoutMs, (recheck) => this.on('status', recheck));
    return load();
  }

  /** How many received messages of each conversation have not been read, on this device or another own one. */
  unreadCounts(): Promise<ReadonlyMap<string, number>> {
    return this.#ports.storage.transaction((tx) => countUnread(tx));
  }

  /** Those of them that nobody has read. */
  unreadAmong(historyKeys: readonly string[]): Promise<string[]> {
    return this.#look((tx) => unreadAmong(tx, historyKeys));
  }

  /** What is in the conversation, up to the message with this history key, has been read: tells its authors, and one's own
   * other devices. */
  markRead(conversation: string, upTo?: string): Promise<void> {
    return this.#act(async (context) => {
      await markRead(context.ports, context.tx, context.account, conversation, upTo);
      if (!(await getRecord(context.tx, conversation)).isMarkedUnread) return;
      await settings.setConversation(context, conversation, { isMarkedUnread: false });
    });
  }

  /** The history as records, without keys: whoever stores them encrypts them. @throws ClientError NOT_JOINED */
  async *exportHistory(): AsyncGenerator<Uint8Array, void, undefined> {
    const { account } = await this.#requireJoined();
    const { exportHistory } = await import('./backup/export-history.ts');
    yield* exportHistory(this.#ports, account);
  }

  /** Adds what is missing here. May be repeated. @throws ClientError BAD_BACKUP, NOT_JOINED */
  async importHistory(
    records: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options: ImportOptions = {},
  ): Promise<ImportProgress> {
    const { account } = await this.#requireJoined();
    const { importHistory } = await import('./backup/import-history.ts');
    return importHistory(this.#ports, account, records, options);
  }

  /** Signs out: takes this device off the account, when the server can be reached, and clears the store in any case. The
   * primary device takes the whole account with it. Gives whether the server has removed it. */
  async eraseLocal(): Promise<boolean> {
    await this.close();
    const isRemoved = await eraseLocal(this.#ports);
    this.#events.emit('erased', undefined);
    return isRemoved;
  }

  /** Whether everything has been sent; false after the deadline. */
  async flush(timeoutMs: number): Promise<boolean> {
    await this.#requireJoined();
    const isEmpty = async (): Promise<boolean> =>
      (await this.#ports.storage.transaction((tx) => listFirst(tx))).length === 0;
    return waitUntil(this.#ports.clock, isEmpty, timeoutMs, (check) => this.on('outbox', check));
  }

  /** Whether everything that waited at the relay has been stored, by this program or the one that receives. */
  async drain(timeoutMs: number): Promise<boolean> {
    const joined = await this.#requireJoined();
    const isDone = (): boolean =>
      joined.isDrained || (joined.connectionState.status === 'connected' && !joined.connectionState.isReceiving);
    const subscribe = (check: () => void): (() => void) => {
      const stops = [this.on('queueDrained', check), this.on('connection', check)];
      return () => stops.forEach((stop) => stop());
    };
    return waitUntil(this.#ports.clock, async () => isDone(), timeoutMs, subscribe);
  }

  /** Something that may have to be sent. */
  async #act<T>(work: (context: actions.ActionContext) => Promise<T>): Promise<T> {
    const { account, sender } = await this.#requireJoined();
    const result = await this.#ports.storage.transaction((tx) => work({ ports: this.#ports, tx, account }));
    sender.wake();
    return result;
  }

  /** Nobody gets to see what should have disappeared, even if it is time to delete it only now. */
  #look<T>(work: (tx: StorageTransaction) => Promise<T>): Promise<T> {
    return this.#ports.storage.transaction(async (tx) => {
      await removeExpired(tx, this.#ports.clock.now());
      return work(tx);
    });
  }

  async #requireJoined(): Promise<JoinedClient> {
    if (this.#joined !== undefined) return this.#joined;
    const account = await this.account();
    if (account === undefined) throw new ClientError('NOT_JOINED');
    this.#joined ??= new JoinedClient(this.#ports, account, this.#events, this.#options);
    return this.#joined;
  }
}

export function createClient(ports: ClientPorts, options: Partial<JoinedOptions> = {}): VantClient {
  return new VantClient(ports, { journalPollMs: 300, ...options });
}
