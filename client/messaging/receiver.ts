/** Reads what the relay delivers, one envelope after the other: store first, acknowledge then. */
import { encodeHex } from '../../wire/encoding.ts';
import type { CallMessage, Content } from '../../wire/generated/content.ts';
import type { Delivery, Envelope } from '../../wire/generated/frames.ts';
import type { AccountId } from '../../wire/ids.ts';
import type { Account } from '../account/account-record.ts';
import type { Arrival } from '../conversations/apply-content.ts';
import type { ClientPorts, StorageTransaction } from '../ports.ts';
import { StorageError } from '../storage/store.ts';
import type { Connection } from '../transport/connection.ts';
import { receiveArrival } from './apply-arrival.ts';
import { answerRequest, requestResend } from './healing.ts';
import { KnownCertificates } from './known-certificates.ts';
import { holdEnvelope, listHeld, releaseHeld } from './held.ts';
import { openEnvelope, UnreadableMessage, type Opened, type Sender } from './open-envelope.ts';
import { peekCall } from './peek-call.ts';
import { markSeen } from './seen-ids.ts';

export interface ReceiverDependencies {
  readonly ports: ClientPorts;
  readonly account: Account;
  refreshDirectory(): Promise<unknown>;
  /** Also when a text has come: then its author writes no longer. */
  onTyping(sender: Sender, content: Content, isStarted: boolean): void;
  /** With `isIdentityChanged` it was only looked at: it comes again when the key is accepted. */
  onCall(sender: Sender, call: CallMessage, isIdentityChanged: boolean): void;
  onUntrusted(sender: AccountId, trust: 'unknown' | 'changed'): void;
  /** Something was stored, so something may have to be sent. */
  onStored(): void;
  onDropped(reason: string): void;
  onFailure(error: unknown): void;
}

/** In groups a blocked member is heard: the others answer them. */
const isDropped = (isBlocked: boolean, { group }: Content): boolean => isBlocked && group === undefined;

/** An offer that has waited for longer than a call rings is one that was missed. */
const RINGS_FOR_MS = 60_000;

interface HeldOrigin {
  readonly key: string;
  readonly heldAt: number;
}

export class Receiver {
  readonly #dependencies: ReceiverDependencies;
  readonly #certificates: KnownCertificates;
  #queue: Promise<void> = Promise.resolve();

  constructor(dependencies: ReceiverDependencies) {
    this.#dependencies = dependencies;
    const { ports, account } = dependencies;
    this.#certificates = new KnownCertificates(ports.signal.PublicKey.deserialize(account.trustRoot));
  }

  /** Deliveries are handled in the order in which they come. */
  accept(delivery: Delivery, connection: Connection): void {
    this.#queue = this.#queue.then(() => this.#handle(delivery, connection));
  }

  /** Resolves when everything that has come so far is stored. */
  settled(): Promise<void> {
    return this.#queue;
  }

  /** Tries the envelopes again that waited for an identity key. */
  retryHeld(): void {
    this.#queue = this.#queue
      .then(() => this.#readHeld())
      .catch((error: unknown) => this.#dependencies.onFailure(error));
  }

  async #handle(delivery: Delivery, connection: Connection): Promise<void> {
    // The relay delivers what was not acknowledged again, on the next connection.
    if (!connection.isOpen || delivery.envelope === undefined) return;
    try {
      await this.#readSafely(delivery.envelope);
      if (delivery.deliveryId > 0) connection.acknowledge([delivery.deliveryId]);
    } catch (error) {
      // Nothing was stored. Later envelopes must not be read before this one, so the connection has to go.
      this.#dependencies.onFailure(error);
      connection.close();
    }
  }

  /** Whatever a sender has made up, it must not come back for ever and stand in the way of others: only a failure of the
   * store leaves an envelope at the relay. */
  async #readSafely(envelope: Envelope, held?: HeldOrigin): Promise<void> {
    try {
      await this.#read(envelope, held);
    } catch (error) {
      if (error instanceof StorageError) throw error;
      this.#dependencies.onFailure(error);
      this.#dependencies.onDropped('unexpected');
      if (held !== undefined) await this.#dependencies.ports.storage.transaction((tx) => releaseHeld(tx, held.key));
    }
  }

  async #read(envelope: Envelope, held?: HeldOrigin): Promise<void> {
    const opened = await this.#attempt(envelope, false, held);
    if (opened?.kind !== 'untrusted' || held !== undefined) return;
    // A member who joined a moment ago, or a profile that has changed.
    await this.#dependencies.refreshDirectory().catch((error: unknown) => this.#dependencies.onFailure(error));
    const again = await this.#attempt(envelope, true, undefined);
    if (again?.kind !== 'untrusted') return;
    this.#dependencies.onUntrusted(again.sender.accountId, again.trust);
    if (again.trust === 'changed') await this.#peek(envelope);
  }

  async #peek(envelope: Envelope): Promise<void> {
    const { ports, account } = this.#dependencies;
    const peeked = await peekCall(ports, account, this.#certificates, envelope);
    if (peeked !== undefined) this.#dependencies.onCall(peeked.sender, peeked.call, true);
  }

  /** Undefined when it was unreadable and has been asked for again. */
  async #attempt(envelope: Envelope, isLast: boolean, held: HeldOrigin | undefined): Promise<Opened | undefined> {
    const { ports, account } = this.#dependencies;
    try {
      const opened = await ports.storage.transaction(async (tx) => {
        const result = await openEnvelope(ports.signal, tx, account, this.#certificates, envelope);
        if (result.kind === 'untrusted') {
          if (isLast) await holdEnvelope(tx, result.sender.accountId, envelope, ports.clock.now());
        } else {
          await this.#store(tx, envelope, result);
          if (held !== undefined) await releaseHeld(tx, held.key);
        }
        return result;
      });
      this.#announce(opened, held);
      return opened;
    } catch (error) {
      if (!(error instanceof UnreadableMessage)) throw error;
      const hash = await ports.digest.sha256(envelope.content);
      await ports.storage.transaction(async (tx) => {
        await requestResend(ports, tx, envelope, hash, error);
        if (held !== undefined) await releaseHeld(tx, held.key);
      });
      this.#dependencies.onStored();
      return undefined;
    }
  }

  async #store(tx: StorageTransaction, envelope: Envelope, opened: Opened): Promise<void> {
    const { ports, account } = this.#dependencies;
    if (opened.kind === 'untrusted' || opened.kind === 'duplicate' || opened.sender === undefined) return;
    const { sender } = opened;
    await markSeen(tx, sender.accountId, encodeHex(envelope.messageId), ports.clock.now());
    if (opened.kind === 'retry-request') await answerRequest(ports, tx, account, sender, opened.request);
    if (opened.kind === 'content') await this.#storeContent(tx, envelope, opened);
  }

  async #storeContent(
    tx: StorageTransaction,
    envelope: Envelope,
    { sender, content, bytes, isBlocked, isGuest }: Opened & { readonly kind: 'content' },
  ): Promise<void> {
    const { ports, account } = this.#dependencies;
    const isOwn = sender.accountId === account.accountId;
    // Only one's own devices may say what one has written.
    if (content.body?.$case === 'sync' && !isOwn) return;
    if (isGuest || isDropped(isBlocked, content)) return;
    const arrival: Arrival = {
      self: account.accountId,
      author: sender.accountId,
      authorDevice: sender.deviceId,
      peer: sender.accountId,
      receivedAt: ports.clock.now(),
      serverTimestamp: envelope.serverTimestamp,
      content,
      bytes,
    };
    await receiveArrival({ ports, tx, account }, arrival);
  }

  #announce(opened: Opened, held: HeldOrigin | undefined): void {
    const handlers = this.#dependencies;
    if (opened.kind === 'rejected') handlers.onDropped(opened.reason);
    if (opened.kind === 'content' && !isDropped(opened.isBlocked, opened.content)) this.#announceContent(opened, held);
    if (opened.kind === 'content' || opened.kind === 'retry-request') handlers.onStored();
  }

  #announceContent({ sender, content, isGuest }: Opened & { kind: 'content' }, held: HeldOrigin | undefined): void {
    const handlers = this.#dependencies;
    const { body } = content;
    if (body?.$case === 'typing') handlers.onTyping(sender, content, body.value.started);
    if (body?.$case === 'text') handlers.onTyping(sender, content, false);
    if (body?.$case !== 'call') return;
    const isStale = held !== undefined && handlers.ports.clock.now() - held.heldAt > RINGS_FOR_MS;
    // A guest is called, and never calls.
    const mayRing = !isGuest && !isStale;
    if (mayRing || body.value.body?.$case !== 'offer') handlers.onCall(sender, body.value, false);
  }

  async #readHeld(): Promise<void> {
    const { storage } = this.#dependencies.ports;
    for (const { key, envelope, heldAt } of await storage.transaction((tx) => listHeld(tx))) {
      await this.#readSafely(envelope, { key, heldAt });
    }
  }
}
