/** Everything that a member would miss on a new device, as records (backup-record.ts). Read in pages, so that the store is
 * never held for long and nothing large is in memory. */
import { GroupState } from '../../wire/generated/content.ts';
import type { Account } from '../account/account-record.ts';
import { getPreferences } from '../account/preferences.ts';
import { listRecords } from '../conversations/conversation-record.ts';
import { listDeliveries } from '../conversations/deliveries.ts';
import { listMessages, timeOf, type StoredMessage } from '../conversations/history.ts';
import { isUnread } from '../conversations/unread.ts';
import { listMemberSettings } from '../directory/member-settings.ts';
import { toWire } from '../groups/group-state.ts';
import { listGroups } from '../groups/group-store.ts';
import { omit } from '../omit.ts';
import type { ClientPorts, StorageTransaction } from '../ports.ts';
import { encodeJson } from '../storage/json-codec.ts';
import { BACKUP_FORMAT, BACKUP_VERSION, type BackupRecord } from './backup-record.ts';

const MESSAGES_AT_ONCE = 200;

export async function* exportHistory(
  ports: Pick<ClientPorts, 'storage' | 'clock'>,
  account: Account,
): AsyncGenerator<Uint8Array, void, undefined> {
  let recordCount = 0;
  for await (const record of listBackup(ports, account)) {
    recordCount++;
    yield encodeJson(record);
  }
  yield encodeJson({ type: 'end', recordCount } satisfies BackupRecord);
}

async function* listBackup(
  { storage, clock }: Pick<ClientPorts, 'storage' | 'clock'>,
  { accountId }: Account,
): AsyncGenerator<BackupRecord, void, undefined> {
  const version = BACKUP_VERSION;
  yield { type: 'header', format: BACKUP_FORMAT, version, accountId, createdAt: clock.now() };
  const conversations = await storage.transaction((tx) => listRecords(tx));
  yield* await storage.transaction((tx) => listSettings(tx));
  for (const record of conversations) {
    const conversation = omit(record, 'lastKey', 'messageCount', 'unreadCount', 'unreadMentions');
    yield { type: 'conversation', conversation };
    for (let after = `${record.id}/`; ;) {
      const page = await storage.transaction((tx) => readPage(tx, record.id, after));
      yield* page.records;
      if (page.last === undefined) break;
      after = page.last;
    }
  }
}

async function listSettings(tx: StorageTransaction): Promise<BackupRecord[]> {
  const members = (await listMemberSettings(tx)).map(({ accountId, ...settings }): BackupRecord => ({
    type: 'member',
    accountId,
    settings,
  }));
  const groups = (await listGroups(tx)).map(({ state }): BackupRecord => ({
    type: 'group',
    state: GroupState.encode(toWire(state)).finish(),
  }));
  return [{ type: 'preferences', preferences: await getPreferences(tx) }, ...members, ...groups];
}

async function readPage(
  tx: StorageTransaction,
  conversation: string,
  after: string,
): Promise<{ records: BackupRecord[]; last: string | undefined }> {
  const page = await listMessages(tx, conversation, { after, limit: MESSAGES_AT_ONCE });
  const records: BackupRecord[] = [];
  for (const message of page) records.push(await toRecord(tx, message));
  return { records, last: page.at(-1)?.historyKey };
}

async function toRecord(tx: StorageTransaction, message: StoredMessage): Promise<BackupRecord> {
  const { historyKey } = message;
  return {
    type: 'message',
    time: timeOf(historyKey),
    isUnread: await isUnread(tx, historyKey),
    message: omit(message, 'historyKey'),
    deliveries: await listDeliveries(tx, historyKey),
  };
}
