/** The parts of a client that has an account, put together. */
import { CONNECT_PATH } from '../wire/route-addresses.ts';
import { WEBSOCKET_BEARER_PREFIX, WEBSOCKET_SUBPROTOCOL } from '../wire/limits.ts';
import type { AccountId } from '../wire/ids.ts';
import { credentialsOf, type Account } from './account/account-record.ts';
import { getPreferences } from './account/preferences.ts';
import { conversationOf } from './conversations/conversation-id.ts';
import { getConversation } from './conversations/conversation-list.ts';
import { ExpiryKeeper } from './conversations/expiry-keeper.ts';
import { getMessage } from './conversations/history.ts';
import type { JournalEntry } from './conversations/journal.ts';
import { JournalReader } from './conversations/journal-reader.ts';
import { replenishPreKeys } from './devices/prekey-upkeep.ts';
import { mayWriteIn } from './groups/group-store.ts';
import { setProfile } from './directory/set-profile.ts';
import { isProfileOutdated, remindOfTeamKey, rotateWhereWanted } from './directory/team-key-update.ts';
import { refreshDirectory } from './directory/directory.ts';
import type { Emitter } from './emitter.ts';
import { ClientError } from './errors.ts';
import type { ClientEvents } from './events.ts';
import { MAINTENANCE_MS, maintain } from './maintenance.ts';
import { findTypingTarget } from './messaging/target.ts';
import type { ContentBody } from './messaging/content.ts';
import { sendTransient, type TransientOptions } from './messaging/transient.ts';
import { Receiver } from './messaging/receiver.ts';
import { Sender } from './messaging/sender.ts';
import { TypingTeller, TypingWatcher } from './messaging/typing.ts';
import type { ClientPorts, StorageTransaction } from './ports.ts';
import { ReceiverRole } from './receiver-role.ts';
import { createApi, type Api } from './transport/api.ts';
import { ConnectionKeeper, type ConnectionState } from './transport/connection-keeper.ts';

/** Shorter than anyone notices, longer than it takes to show what has come. */
const ANSWER_DELAY_MS = 50;

export interface JoinedOptions {
  /** How often to look for what other programs on this store have written; 0 when there are none. */
  readonly journalPollMs: number;
}

interface TypingSource {
  readonly conversation: string;
  readonly from: AccountId;
  readonly fromDevice: number;
}

export interface ReconnectOptions {
  /** Comes back after another place has taken the connection. */
  readonly takeOver?: boolean;
  /** There was no network in between: an open connection is not asked whether it lives. */
  readonly isOtherNetwork?: boolean;
}

export class JoinedClient {
  readonly account: Account;
  readonly api: Api;
  readonly sender: Sender;
  readonly #ports: ClientPorts;
  readonly #events: Emitter<ClientEvents>;
  readonly #receiver: Receiver;
  readonly #keeper: ConnectionKeeper;
  readonly #journal: JournalReader;
  readonly #role: ReceiverRole;
  readonly #expiry: ExpiryKeeper;
  readonly #typingTeller: TypingTeller;
  readonly #typingWatcher: TypingWatcher<TypingSource>;
  #wantsToReceive = false;
  #isDrained = false;
  #isStarted = false;
  #cancelMaintenance: () => void = () => undefined;
  #cancelAnswer: (() => void) | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(ports: ClientPorts, account: Account, events: Emitter<ClientEvents>, options: JoinedOptions) {
    this.#ports = ports;
    this.#events = events;
    this.account = account;
    this.api = createApi(ports.http, account.origin, credentialsOf(account));
    const refresh = (): Promise<void> => this.refreshDirectory();
    this.sender = new Sender({
      ports,
      api: this.api,
      account,
      refreshDirectory: refresh,
      getConnection: () => this.#keeper.connection,
      onRefused: (accountId, error) => this.#onRefused(accountId, error),
    });
    this.#typingTeller = new TypingTeller(ports.clock, (conversation, isStarted) =>
      this.#inBackground(this.#tellTyping(conversation, isStarted)),
    );
    this.#typingWatcher = new TypingWatcher(ports.clock, (source, isStarted) =>
      events.emit('typing', { ...source, isStarted }),
    );
    this.#expiry = new ExpiryKeeper(ports, (error) => events.emit('error', { error }));
    this.#receiver = this.#createReceiver(refresh);
    this.#keeper = this.#createKeeper();
    this.#journal = new JournalReader(
      ports,
      options.journalPollMs,
      (tx, entry) => this.#loadEntry(tx, entry),
      (error) => events.emit('error', { error }),
    );
    this.#role = new ReceiverRole(ports, () => this.#keeper.reconnect());
  }

  get connectionState(): ConnectionState {
    return this.#keeper.state;
  }

  get connection(): ConnectionKeeper['connection'] {
    return this.#keeper.connection;
  }

  /** Whether this program is the one that takes deliveries, and has had all that waited. */
  get isDrained(): boolean {
    return this.#isDrained;
  }

  get isReceiving(): boolean {
    return this.#role.isHeld;
  }

  /** Called again, it changes the role. */
  async start(wantsToReceive: boolean): Promise<void> {
    const isOtherRole = this.#wantsToReceive !== wantsToReceive;
    this.#wantsToReceive = wantsToReceive;
    if (!wantsToReceive) this.#role.give();
    if (this.#isStarted && isOtherRole) this.#keeper.reconnect();
    if (this.#isStarted) return;
    this.#isStarted = true;
    await this.#journal.start();
    this.#expiry.wake();
    this.#keeper.start();
  }

  /** The network is back, or the device woke up. */
  reconnectNow({ takeOver = false, isOtherNetwork = false }: ReconnectOptions): void {
    const { status } = this.#keeper.state;
    if (this.#isStarted && (status !== 'stopped' || takeOver)) this.#keeper.hurry({ isOtherNetwork });
  }

  /** A change was committed by this program: tell at once. */
  poke(): void {
    this.#journal.poke();
  }

  async stop(): Promise<void> {
    this.#keeper.stop();
    this.sender.stop();
    this.#cancelAnswer?.();
    this.#cancelMaintenance();
    this.#typingTeller.stopAll();
    this.#typingWatcher.stopAll();
    await this.#receiver.settled();
    await this.#expiry.stop();
    this.#role.give();
    this.#journal.stop();
  }

  /** One request at a time, however many ask for it. */
  refreshDirectory(): Promise<void> {
    this.#refreshing ??= refreshDirectory(this.#ports, this.api, this.account)
      .then(async (changed) => {
        await this.#keepTeamKey().catch((error: unknown) => this.#events.emit('error', { error }));
        for (const accountId of changed) this.#events.emit('identityChanged', { accountId });
        this.retryHeld();
      })
      .finally(() => (this.#refreshing = undefined));
    return this.#refreshing;
  }

  /** What a request that is under way began with is not enough. */
  async refreshAgain(): Promise<void> {
    await this.#refreshing?.catch(() => undefined);
    await this.refreshDirectory();
  }

  /** What a new list of members asks for: a new team key after someone was removed, the present one for those who have
   * missed it, and the own profile under it. */
  async #keepTeamKey(): Promise<void> {
    const { account } = this;
    const isOutdated = await this.#ports.storage.transaction(async (tx) => {
      const context = { ports: this.#ports, tx, account };
      if (await rotateWhereWanted(context)) return true;
      await remindOfTeamKey(context);
      return isProfileOutdated(tx, account.accountId);
    });
    this.sender.wake();
    if (isOutdated) await setProfile(this.#ports, this.api, account, {});
  }

  retryHeld(): void {
    this.#receiver.retryHeld();
  }

  /** False when there is no connection. */
  sendTransient(recipient: AccountId, body: ContentBody, options: TransientOptions = {}): Promise<boolean> {
    const refresh = (): Promise<void> => this.refreshDirectory();
    const builder = { ports: this.#ports, api: this.api, account: this.account, refreshDirectory: refresh };
    return sendTransient(builder, this.connection, recipient, body, options);
  }

  /** To be called with every key that is pressed: tells the others at most every ten seconds. */
  setTyping(conversation: string, isTyping: boolean): void {
    if (isTyping) this.#typingTeller.started(conversation);
    else this.#typingTeller.stopped(conversation);
  }

  /** A message in this conversation tells the others that its author has stopped typing. */
  forgetTyping(conversation: string): void {
    this.#typingTeller.forget(conversation);
  }

  async #tellTyping(conversation: string, isStarted: boolean): Promise<void> {
    const target = await this.#ports.storage.transaction((tx) => findTypingTarget(tx, this.account, conversation));
    const { recipients = [], ...context } = target ?? {};
    const body: ContentBody = { $case: 'typing', value: { started: isStarted } };
    await Promise.all(recipients.map((recipient) => this.sendTransient(recipient, body, { context })));
  }

  async #showTyping(source: TypingSource, isStarted: boolean): Promise<void> {
    const name = `${source.conversation}/${source.from}/${source.fromDevice}`;
    // Asked in either case, so that an end does not overtake its beginning.
    const isShown = await this.#ports.storage.transaction(
      async (tx) =>
        (await getPreferences(tx)).typingIndicators && (await mayWriteIn(tx, source.conversation, source.from)),
    );
    if (isStarted && isShown) this.#typingWatcher.started(name, source);
    if (!isStarted) this.#typingWatcher.stopped(name, source);
  }

  /** Receipts: a moment later, when what has come is on the screen, and one for all that came in that moment. */
  #answerSoon(): void {
    this.#cancelAnswer ??= this.#ports.clock.setTimer(ANSWER_DELAY_MS, () => {
      this.#cancelAnswer = undefined;
      this.sender.wake();
    });
  }

  #createReceiver(refresh: () => Promise<void>): Receiver {
    const events = this.#events;
    return new Receiver({
      ports: this.#ports,
      account: this.account,
      refreshDirectory: refresh,
      onTyping: ({ accountId, deviceId }, content, isStarted) => {
        const conversation = conversationOf(content, accountId);
        this.#inBackground(this.#showTyping({ conversation, from: accountId, fromDevice: deviceId }, isStarted));
      },
      onCall: ({ accountId, deviceId }, call, isIdentityChanged) =>
        events.emit('call', { from: accountId, fromDevice: deviceId, call, isIdentityChanged }),
      onUntrusted: (accountId, trust) => {
        this.#ports.log.write('warn', 'receive.untrusted', { accountId, trust });
        if (trust === 'changed') events.emit('identityChanged', { accountId });
      },
      onStored: () => this.#answerSoon(),
      onDropped: (reason) => {
        this.#ports.log.write('warn', 'receive.dropped', { reason });
        events.emit('dropped', { reason });
      },
      onFailure: (error) => events.emit('error', { error }),
    });
  }

  #createKeeper(): ConnectionKeeper {
    const credentials = credentialsOf(this.account);
    return new ConnectionKeeper(this.#ports, {
      chooseReceiving: async () => this.#wantsToReceive && (await this.#role.request()),
      target: (isReceiving) => ({
        url: `${this.account.origin.replace(/^http/, 'ws')}${CONNECT_PATH}${isReceiving ? '' : '?deliver=false'}`,
        protocols: [WEBSOCKET_SUBPROTOCOL, WEBSOCKET_BEARER_PREFIX + credentials],
      }),
      onState: (state) => this.#events.emit('connection', state),
      onConnected: () => {
        this.#isDrained = false;
        this.sender.wakeAll();
        this.#maintain();
      },
      onDelivery: (delivery, connection) => this.#receiver.accept(delivery, connection),
      onQueueDrained: () => {
        this.#isDrained = true;
        this.#events.emit('queueDrained', undefined);
      },
      onPushAddressDropped: (reason) => this.#events.emit('pushAddressDropped', { reason }),
      onPreKeysLow: (low) => this.#inBackground(replenishPreKeys(this.#ports, this.api, this.account, low)),
    });
  }

  #maintain(): void {
    this.#cancelMaintenance();
    this.#cancelMaintenance = this.#ports.clock.setTimer(MAINTENANCE_MS, () => this.#maintain());
    this.#inBackground(maintain(this.#ports, this.api, this.account));
    this.#inBackground(this.refreshDirectory());
  }

  #inBackground(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      // The next connection brings the next attempt.
      this.#ports.log.write('info', 'background.failed', { error: error instanceof Error ? error.name : 'unknown' });
    });
  }

  #onRefused(accountId: AccountId, error: Error): void {
    if (error instanceof ClientError && error.code === 'IDENTITY_CHANGED') {
      this.#events.emit('identityChanged', { accountId });
    }
    this.#events.emit('refused', { accountId, error });
  }

  async #loadEntry(tx: StorageTransaction, entry: JournalEntry): Promise<() => void> {
    switch (entry.type) {
      case 'message':
      case 'status':
      case 'changed': {
        const message = await getMessage(tx, entry.historyKey);
        return () => message !== undefined && this.#events.emit(entry.type, message);
      }
      case 'conversation': {
        const conversation = await getConversation(tx, entry.conversation, this.account.accountId);
        return () => this.#events.emit('conversation', conversation);
      }
      default:
        return () => this.#onJournalEntry(entry);
    }
  }

  #onJournalEntry(entry: Exclude<JournalEntry, { type: 'message' | 'status' | 'changed' | 'conversation' }>): void {
    switch (entry.type) {
      case 'removed':
        this.#events.emit('removed', { conversation: entry.conversation, historyKey: entry.historyKey });
        break;
      case 'outbox':
        this.sender.wake();
        this.#events.emit('outbox', undefined);
        break;
      case 'identity':
        this.sender.wakeAll();
        this.retryHeld();
        break;
      case 'team-key':
        this.#inBackground(this.refreshAgain());
        break;
      case 'expiry':
        this.#expiry.wake();
        break;
      case 'connection-report':
        this.#events.emit('connectionReport', undefined);
        break;
      case 'settings':
      case 'erased':
        this.#events.emit(entry.type, undefined);
    }
  }
}
