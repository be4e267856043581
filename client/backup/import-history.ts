/** Merges an exported history into the store: what is there stays, what is missing is added in its place. May be repeated.
 * A damaged record ends it with an error; the batches before it stay, nothing of the one it is in. */
import { GroupState as WireState } from '../../wire/generated/content.ts';
import type { Account } from '../account/account-record.ts';
import { putPreferences } from '../account/preferences.ts';
import { changeRecord, getRecord } from '../conversations/conversation-record.ts';
import { putDelivery } from '../conversations/deliveries.ts';
import { fileExpiry } from '../conversations/expiry.ts';
import { insertAt, type NewMessage } from '../conversations/history.ts';
import { markUnread } from '../conversations/unread.ts';
import { putMemberSettings } from '../directory/member-settings.ts';
import { ClientError } from '../errors.ts';
import { fromWire, type GroupState } from '../groups/group-state.ts';
import { getGroup, putGroup } from '../groups/group-store.ts';
import { omit } from '../omit.ts';
import type { ClientPorts, StorageTransaction } from '../ports.ts';
import type { BackupConversation, BackupRecord } from './backup-record.ts';
import { BadField } from './fields.ts';
import { parseRecord } from './parse-record.ts';
import { toOwnAccount } from './own-account.ts';

const RECORDS_AT_ONCE = 200;
/** Why a message failed that waited when the history was exported. */
const NOT_SENT = 'UNANSWERED';

export interface ImportProgress {
  /** Records that were read. */
  readonly recordCount: number;
  readonly addedMessages: number;
  /** They were there already, or their time is over. */
  readonly skippedMessages: number;
}

export interface ImportOptions {
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** @throws ClientError BAD_BACKUP, with the number of the record that is wrong. */
export async function importHistory(
  ports: Pick<ClientPorts, 'storage' | 'clock'>,
  account: Account,
  records: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { onProgress = () => undefined }: ImportOptions,
): Promise<ImportProgress> {
  const importer = new Importer(ports, account);
  for await (const bytes of records) {
    if (await importer.add(bytes)) onProgress(importer.progress);
  }
  await importer.end();
  onProgress(importer.progress);
  return importer.progress;
}

class Importer {
  readonly #ports: Pick<ClientPorts, 'storage' | 'clock'>;
  readonly #account: Account;
  #batch: BackupRecord[] = [];
  #from: string | undefined;
  #isComplete = false;
  progress: ImportProgress = { recordCount: 0, addedMessages: 0, skippedMessages: 0 };

  constructor(ports: Pick<ClientPorts, 'storage' | 'clock'>, account: Account) {
    this.#ports = ports;
    this.#account = account;
  }

  /** Whether a batch was stored. */
  async add(bytes: Uint8Array): Promise<boolean> {
    const { recordCount } = this.progress;
    const record = this.#parse(bytes, recordCount + 1);
    if (record.type === 'end') {
      if (record.recordCount !== recordCount)
        throw badBackup(`It has ${recordCount} records, not ${record.recordCount}.`);
      this.#isComplete = true;
      return false;
    }
    this.progress = { ...this.progress, recordCount: recordCount + 1 };
    if (record.type === 'header') this.#from = record.accountId;
    else this.#batch.push(toOwnAccount(record, this.#from ?? '', this.#account.accountId));
    if (this.#batch.length < RECORDS_AT_ONCE) return false;
    await this.#store();
    return true;
  }

  async end(): Promise<void> {
    if (!this.#isComplete) throw badBackup(`It ends after ${this.progress.recordCount} records.`);
    await this.#store();
  }

  #parse(bytes: Uint8Array, number: number): BackupRecord {
    try {
      if (this.#isComplete) throw new BadField('it comes after the end');
      const record = parseRecord(bytes);
      if ((record.type === 'header') !== (number === 1)) throw new BadField('the header is not where it should be');
      return record;
    } catch (error) {
      if (!(error instanceof BadField)) throw error;
      throw badBackup(`Record ${number}: ${error.message}.`, error);
    }
  }

  async #store(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    const now = this.#ports.clock.now();
    const added = await this.#ports.storage.transaction(async (tx) => {
      let count = 0;
      for (const record of batch) if (await storeRecord(tx, record, now)) count++;
      return count;
    });
    const messageCount = batch.filter(({ type }) => type === 'message').length;
    const addedMessages = this.progress.addedMessages + added;
    this.progress = {
      ...this.progress,
      addedMessages,
      skippedMessages: this.progress.skippedMessages + messageCount - added,
    };
  }
}

const badBackup = (detail: string, cause?: unknown): ClientError => new ClientError('BAD_BACKUP', detail, { cause });

/** Whether it was a message that was not there. */
async function storeRecord(tx: StorageTransaction, record: BackupRecord, now: number): Promise<boolean> {
  switch (record.type) {
    case 'preferences':
      await putPreferences(tx, record.preferences);
      return false;
    case 'member':
      await putMemberSettings(tx, record.accountId as Account['accountId'], record.settings);
      return false;
    case 'conversation':
      await mergeConversation(tx, record.conversation);
      return false;
    case 'group':
      await mergeGroup(tx, record.state);
      return false;
    case 'message':
      return storeMessage(tx, record, now);
    default:
      return false;
  }
}

/** The newer settings win, as between own devices. */
async function mergeConversation(tx: StorageTransaction, given: BackupConversation): Promise<void> {
  const known = await getRecord(tx, given.id);
  const timer = ['expireTimerSeconds', 'expireTimerVersion', 'expireTimerSetAt'] as const;
  const settings = ['mutedUntil', 'pinnedAt', 'isArchived', 'isMarkedUnread', 'settingsChangedAt'] as const;
  const isNewer = given.settingsChangedAt > known.settingsChangedAt;
  const isTimerNewer = given.expireTimerVersion > known.expireTimerVersion;
  const draft = known.draft ?? given.draft;
  await changeRecord(tx, given.id, (record) => ({
    ...record,
    ...(isNewer ? Object.fromEntries(settings.map((name) => [name, given[name]])) : {}),
    ...(isTimerNewer ? Object.fromEntries(timer.map((name) => [name, given[name]])) : {}),
    ...(draft === undefined ? {} : { draft }),
  }));
}

/** A state that is known here is newer, or will be. */
async function mergeGroup(tx: StorageTransaction, bytes: Uint8Array): Promise<void> {
  const state = readGroupState(bytes);
  if (state !== undefined && (await getGroup(tx, state.id)) === undefined) await putGroup(tx, { state, pending: [] });
}

function readGroupState(bytes: Uint8Array): GroupState | undefined {
  try {
    return fromWire(WireState.decode(bytes));
  } catch {
    return undefined;
  }
}

async function storeMessage(
  tx: StorageTransaction,
  { message: given, time, isUnread, deliveries }: BackupRecord & { readonly type: 'message' },
  now: number,
): Promise<boolean> {
  if (given.expiresAt !== undefined && given.expiresAt <= now) return false;
  const message = await insertAt(tx, settleStatus(given), Math.min(time, now), 'imported');
  if (message === undefined) return false;
  if (isUnread && message.direction === 'incoming') await markUnread(tx, message);
  await fileExpiry(tx, message);
  for (const delivery of deliveries) {
    // Those who were to get it can be tried again.
    const isUnsent = given.status === 'queued' && delivery.sentAt === undefined;
    await putDelivery(tx, message.historyKey, { ...delivery, ...(isUnsent ? { failure: NOT_SENT } : {}) });
  }
  return true;
}

/** What waited to be sent does not wait here. */
function settleStatus(message: NewMessage): NewMessage {
  if (message.status !== 'queued') return omit(message, 'reactionTimes');
  return { ...omit(message, 'reactionTimes'), status: 'failed', failure: NOT_SENT };
}
