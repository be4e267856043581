/** The client: everything that a Vant client does except pixels. What it needs from outside comes as ports. */
import type { AccountId } from '../wire/ids.ts';
import { loadAccount, loadPending, type Account } from './account/account-record.ts';
import { adoptOwnProfile, linkThisDevice, type LinkOptions } from './account/link-device.ts';
import { join, publishProfile, type JoinOptions } from './account/register.ts';
import {
  getMessage,
  listConversations,
  listMessages,
  type PageOptions,
  type StoredMessage,
} from './conversations/history.ts';
import { DevicePush } from './devices/device-push.ts';
import { Emitter } from './emitter.ts';
import { ClientError } from './errors.ts';
import type { ClientEvents } from './events.ts';
import { JoinedClient, type JoinedOptions } from './joined-client.ts';
import { compose } from './messaging/compose.ts';
import { textBody, type ContentBody } from './messaging/content.ts';
import { listRecipients } from './messaging/outbox.ts';
import { sendEphemeral } from './messaging/ephemeral.ts';
import type { ClientPorts } from './ports.ts';
import { createStore } from './storage/store.ts';
import { Team } from './team.ts';
import { takeUnshown, type UnshownOptions } from './conversations/unshown.ts';
import { countUnread } from './conversations/unread.ts';
import { markRead } from './messaging/mark-read.ts';
import { waitUntil } from './wait-until.ts';

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
    return adoptOwnProfile(this.#ports, await linkThisDevice(this.#ports, options));
  }

  async connect({ receive }: ConnectOptions): Promise<void> {
    await (await this.#requireJoined()).start(receive);
  }

  async close(): Promise<void> {
    await this.#joined?.stop();
    this.#joined = undefined;
  }

  /** Members, invites, devices, identity keys. @throws ClientError NOT_JOINED */
  async team(): Promise<Team> {
    return new Team(this.#ports, await this.#requireJoined());
  }

  /** How this device is woken while it is away. @throws ClientError NOT_JOINED */
  async push(): Promise<DevicePush> {
    return new DevicePush(this.#ports, (await this.#requireJoined()).api);
  }

  sendText(recipient: AccountId, text: string): Promise<StoredMessage> {
    return this.sendContent(recipient, textBody(text)).then((message) => {
      if (message === undefined) throw new Error('a text is always stored');
      return message;
    });
  }

  /** Queues it; it leaves as soon as there is a connection, in the order of the calls. Gives the stored message for a
   * text. */
  async sendContent(recipient: AccountId, body: ContentBody): Promise<StoredMessage | undefined> {
    const { account, sender } = await this.#requireJoined();
    const { message } = await this.#ports.storage.transaction((tx) =>
      compose(this.#ports, tx, account, recipient, body),
    );
    sender.wake();
    return message;
  }

  /** Typing, call signalling: now or never. False when there is no connection. */
  async sendEphemeral(recipient: AccountId, body: ContentBody): Promise<boolean> {
    const joined = await this.#requireJoined();
    const refreshDirectory = (): Promise<void> => joined.refreshDirectory();
    const builder = { ports: this.#ports, api: joined.api, account: joined.account, refreshDirectory };
    return sendEphemeral(builder, joined.connection, recipient, body);
  }

  /** The newest messages of a conversation, oldest first; page by page with `before`. */
  messages(conversation: string, page: PageOptions = {}): Promise<StoredMessage[]> {
    return this.#ports.storage.transaction((tx) => listMessages(tx, conversation, page));
  }

  conversations(): Promise<{ conversation: string; last: StoredMessage }[]> {
    return this.#ports.storage.transaction((tx) => listConversations(tx));
  }

  /** Hands out what was received and not yet shown, each message once. Gives their number. */
  takeUnshown(show: (message: StoredMessage) => void | Promise<void>, options: UnshownOptions = {}): Promise<number> {
    return takeUnshown(this.#ports, show, options);
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

  /** What is in the conversation has been read: tells its authors, and one's own other devices. */
  async markRead(conversation: string): Promise<void> {
    const { account, sender } = await this.#requireJoined();
    await this.#ports.storage.transaction((tx) => markRead(this.#ports, tx, account, conversation));
    sender.wake();
  }

  /** Whether everything has been sent; false after the deadline. */
  async flush(timeoutMs: number): Promise<boolean> {
    await this.#requireJoined();
    const isEmpty = async (): Promise<boolean> =>
      (await this.#ports.storage.transaction((tx) => listRecipients(tx))).length === 0;
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
