/** Empties the outbox: one message after the other to each recipient, recipients side by side. */
import { VantError } from '../../wire/errors.ts';
import type { AccountId } from '../../wire/ids.ts';
import { noteDelivery, noteFailure } from '../conversations/deliveries.ts';
import { startExpiry } from '../conversations/expiry.ts';
import { getMessage, updateMessage } from '../conversations/history.ts';
import { appendJournal } from '../conversations/journal.ts';
import { ClientError, isUnreachable } from '../errors.ts';
import type { StorageTransaction } from '../ports.ts';
import { StorageError } from '../storage/store.ts';
import { backoffMs } from '../transport/backoff.ts';
import type { Connection } from '../transport/connection.ts';
import { CONTENT_HINT, type Payload } from './encrypt.ts';
import {
  deleteOutboxItem,
  firstFor,
  getOutboxItem,
  listFirst,
  putOutboxItem,
  type OutboxItem,
  type OutboxRow,
} from './outbox.ts';
import { logSent } from './sent-log.ts';
import type { SessionBuilder } from './session-builder.ts';
import { transmit } from './transmit.ts';

/** Only one program at a time empties the outbox of a device, so that nothing overtakes. */
const LOCK_NAME = 'outbox';
const LOCK_RETRY_MS = 50;
/** How often a message may end a connection, or fail for no known reason: the third time it is to blame. */
const MAX_SUSPICIONS = 3;
/** A changed directory or an accepted key wakes it sooner. */
const IDENTITY_RETRY_MS = 60_000;
const FRAME_CLOSE_CODES: readonly (number | undefined)[] = [4400, 1009];

export interface SenderDependencies extends SessionBuilder {
  getConnection(): Connection | undefined;
  onRefused(recipient: AccountId, error: Error): void;
}

type Verdict = 'next' | { readonly retryInMs: number } | 'wait';

export class Sender {
  readonly #dependencies: SenderDependencies;
  readonly #active = new Set<AccountId>();
  /** Recipients that are left alone for a while, with the function that cancels the timer. */
  readonly #resting = new Map<AccountId, () => void>();
  readonly #failures = new Map<AccountId, number>();
  #release: (() => void) | undefined;
  #isWaking = false;
  #wakeCount = 0;
  /** How many of the wakes the last look at the outbox has seen. */
  #handledCount = 0;
  #cancelLockTimer: () => void = () => undefined;
  #isStopped = false;

  constructor(dependencies: SenderDependencies) {
    this.#dependencies = dependencies;
  }

  /** Something may have to be sent. Cheap to call too often. */
  wake(): void {
    this.#wakeCount++;
    if (this.#isWaking || this.#isStopped || this.#dependencies.getConnection() === undefined) return;
    this.#isWaking = true;
    void this.#start()
      .catch((error: unknown) => this.#dependencies.ports.log.write('error', 'outbox.failed', { error: String(error) }))
      .finally(() => {
        this.#isWaking = false;
        if (this.#active.size === 0) this.#releaseLock();
        if (this.#handledCount !== this.#wakeCount) this.wake();
      });
  }

  /** A new connection, or a changed directory: nobody has to rest any longer. */
  wakeAll(): void {
    for (const cancel of this.#resting.values()) cancel();
    this.#resting.clear();
    this.wake();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelLockTimer();
    for (const cancel of this.#resting.values()) cancel();
    if (this.#active.size === 0) this.#releaseLock();
  }

  async #start(): Promise<void> {
    do {
      this.#handledCount = this.#wakeCount;
      const { ports, account } = this.#dependencies;
      const isOwn = ({ value }: OutboxRow): boolean => value.recipient === account.accountId;
      const rows = await ports.storage.transaction((tx) => listFirst(tx));
      const idle = rows.filter(
        ({ value: { recipient } }) => !this.#active.has(recipient) && !this.#resting.has(recipient),
      );
      if (idle.length === 0) continue;
      if (!(await this.#obtainLock())) return;
      const others = idle.filter((row) => !isOwn(row)).map((row) => this.#run(row));
      // Somebody waits for what others get; one's own devices have time.
      for (const row of idle.filter(isOwn)) void this.#run(row, Promise.all(others));
    } while (this.#handledCount !== this.#wakeCount);
  }

  async #obtainLock(): Promise<boolean> {
    if (this.#release !== undefined) return true;
    const { ports } = this.#dependencies;
    const release = await ports.locks.tryAcquire(LOCK_NAME);
    if (release === undefined) {
      this.#cancelLockTimer();
      this.#cancelLockTimer = ports.clock.setTimer(LOCK_RETRY_MS, () => this.wake());
      return false;
    }
    if (this.#isStopped) {
      release();
      return false;
    }
    this.#release = release;
    return true;
  }

  #releaseLock(): void {
    this.#release?.();
    this.#release = undefined;
  }

  /** @returns when the first attempt has been made */
  #run(row: OutboxRow, after: Promise<unknown> = Promise.resolve()): Promise<unknown> {
    const { recipient } = row.value;
    const { promise: attempted, resolve } = Promise.withResolvers<undefined>();
    const onAttempted = (): void => resolve(undefined);
    this.#active.add(recipient);
    const seen = this.#wakeCount;
    void after
      .then(() => this.#empty(recipient, row, onAttempted))
      .catch((error: unknown) => {
        this.#dependencies.ports.log.write('error', 'outbox.failed', { error: String(error) });
        this.#rest(recipient, this.#nextBackoff(recipient));
      })
      .finally(() => {
        onAttempted();
        this.#active.delete(recipient);
        if (this.#active.size === 0 && !this.#isWaking) this.#releaseLock();
        // What was written while the last look at the outbox was under way.
        if (seen !== this.#wakeCount || this.#isWaking) this.wake();
      });
    return attempted;
  }

  /** @param known what was the first when the outbox was looked at. It may be gone since: then so is the attempt. */
  async #empty(recipient: AccountId, known: OutboxRow, onAttempted: () => void): Promise<void> {
    const { ports } = this.#dependencies;
    let next: OutboxRow | undefined = known;
    for (;;) {
      const connection = this.#dependencies.getConnection();
      if (connection === undefined || this.#isStopped) return;
      const first: OutboxRow | undefined = next ?? (await ports.storage.transaction((tx) => firstFor(tx, recipient)));
      next = undefined;
      if (first === undefined) return;
      const verdict = await this.#attempt(connection, first.key, first.value);
      onAttempted();
      if (verdict === 'next') {
        this.#failures.delete(recipient);
        continue;
      }
      if (verdict !== 'wait') this.#rest(recipient, verdict.retryInMs);
      return;
    }
  }

  async #attempt(connection: Connection, key: string, item: OutboxItem): Promise<Verdict> {
    const { ports } = this.#dependencies;
    try {
      const outcome = await transmit(this.#dependencies, connection, {
        recipient: item.recipient,
        messageId: item.messageId,
        timestamp: item.timestamp,
        isUrgent: item.isUrgent,
        isEphemeral: false,
        ttlSeconds: 0,
        isCall: false,
        beforeSending: (tx) => this.#markAttempted(tx, key, connection),
      });
      if (outcome === 'accepted') await ports.storage.transaction((tx) => settle(tx, key, item, ports.clock.now()));
      return 'next';
    } catch (error) {
      return this.#judge(connection, key, item, error);
    }
  }

  /** `resend` is set from the second attempt on, whatever the answer to the first was: with several
   * devices, some of them may have got it. */
  async #markAttempted(
    tx: StorageTransaction,
    key: string,
    connection: Connection,
  ): Promise<{ payload: Payload; resend: boolean } | undefined> {
    const item = await getOutboxItem(tx, key);
    if (item === undefined) return undefined;
    if (item.kind === 'content') {
      const ttlMs = (connection.welcome?.maxTtlSeconds ?? 0) * 1000;
      const expiresAt = this.#dependencies.ports.clock.now() + ttlMs;
      const { messageId, bytes: content, isUrgent, about } = item;
      const entry = { messageId, content, isUrgent, expiresAt, ...(about === undefined ? {} : { about }) };
      await logSent(tx, item.recipient, item.timestamp, entry);
    }
    await putOutboxItem(tx, key, { ...item, isAttempted: true });
    // Read here and not before: until now, more receipts may have joined this one.
    const { kind, bytes } = item;
    const payload: Payload = kind === 'content' ? { kind, bytes, hint: CONTENT_HINT.RESENDABLE } : { kind, bytes };
    return { payload, resend: item.isAttempted && !item.isHealing };
  }

  async #judge(connection: Connection, key: string, item: OutboxItem, error: unknown): Promise<Verdict> {
    const { ports } = this.#dependencies;
    if (isUnreachable(error)) {
      if (FRAME_CLOSE_CODES.includes(connection.closeCode)) {
        return this.#suspect(key, item, new VantError('MALFORMED_FRAME'));
      }
      // Without a connection the next one wakes everybody.
      return connection.isOpen ? { retryInMs: this.#nextBackoff(item.recipient) } : 'wait';
    }
    if (error instanceof VantError && error.isRetryable) {
      return { retryInMs: Math.max(error.retryAfterMs ?? 0, this.#nextBackoff(item.recipient)) };
    }
    if (isIdentityError(error)) {
      await ports.storage.transaction((tx) => explain(tx, item, error.code));
      this.#dependencies.onRefused(item.recipient, error);
      return { retryInMs: IDENTITY_RETRY_MS };
    }
    if (error instanceof VantError && error.code === 'UNAUTHORIZED') {
      this.#dependencies.onRefused(item.recipient, error);
      return 'wait';
    }
    return this.#judgePermanent(key, item, error);
  }

  async #judgePermanent(key: string, item: OutboxItem, error: unknown): Promise<Verdict> {
    const { ports } = this.#dependencies;
    if (error instanceof VantError || error instanceof ClientError) return this.#fail(key, item, error);
    if (error instanceof StorageError) throw error;
    // A bundle whose signature is wrong, a record that libsignal does not read: nothing that time mends.
    ports.log.write('error', 'outbox.unexpected', { error: error instanceof Error ? error.name : 'unknown' });
    return this.#suspect(key, item, new ClientError('BAD_ANSWER', undefined, { cause: error }));
  }

  /** Tries again, a few times. */
  async #suspect(key: string, item: OutboxItem, error: VantError | ClientError): Promise<Verdict> {
    if (item.suspicions + 1 >= MAX_SUSPICIONS) return this.#fail(key, item, error);
    const { ports } = this.#dependencies;
    await ports.storage.transaction((tx) => changeItem(tx, key, { suspicions: item.suspicions + 1 }));
    return { retryInMs: this.#nextBackoff(item.recipient) };
  }

  async #fail(key: string, item: OutboxItem, error: VantError | ClientError): Promise<Verdict> {
    const { ports } = this.#dependencies;
    ports.log.write('warn', 'outbox.message-failed', { code: error.code });
    await ports.storage.transaction(async (tx) => {
      await deleteOutboxItem(tx, key);
      const message = item.historyKey === undefined ? undefined : await getMessage(tx, item.historyKey);
      if (message !== undefined) await noteFailure(tx, message, item.recipient, error.code);
      await appendJournal(tx, { type: 'outbox' });
    });
    this.#dependencies.onRefused(item.recipient, error);
    return 'next';
  }

  #nextBackoff(recipient: AccountId): number {
    const failures = this.#failures.get(recipient) ?? 0;
    this.#failures.set(recipient, failures + 1);
    return backoffMs(failures, this.#dependencies.ports.random, 100);
  }

  #rest(recipient: AccountId, delayMs: number): void {
    if (this.#isStopped) return;
    const cancel = this.#dependencies.ports.clock.setTimer(delayMs, () => {
      this.#resting.delete(recipient);
      this.wake();
    });
    this.#resting.set(recipient, cancel);
  }
}

const isIdentityError = (error: unknown): error is ClientError =>
  error instanceof ClientError && (error.code === 'IDENTITY_CHANGED' || error.code === 'NO_PROFILE');

async function changeItem(tx: StorageTransaction, key: string, change: Partial<OutboxItem>): Promise<void> {
  const item = await getOutboxItem(tx, key);
  if (item !== undefined) await putOutboxItem(tx, key, { ...item, ...change });
}

async function settle(tx: StorageTransaction, key: string, item: OutboxItem, now: number): Promise<void> {
  await deleteOutboxItem(tx, key);
  const message = item.historyKey === undefined ? undefined : await getMessage(tx, item.historyKey);
  if (message !== undefined) {
    await noteDelivery(tx, message, item.recipient, 'sent', now);
    await startExpiry(tx, message.historyKey, now);
  }
  await appendJournal(tx, { type: 'outbox' });
}

/** The message stays queued; its status says what holds it back. */
async function explain(tx: StorageTransaction, item: OutboxItem, code: string): Promise<void> {
  const message = item.historyKey === undefined ? undefined : await getMessage(tx, item.historyKey);
  if (message?.status !== 'queued' || message.failure === code) return;
  await updateMessage(tx, { ...message, failure: code }, 'status');
}
