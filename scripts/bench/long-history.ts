/** A backup file with a long conversation, to be imported: the app's own way to get many messages into a browser. */
import { encodeJson } from '../../client/storage/json-codec.ts';
import { BACKUP_FORMAT, BACKUP_VERSION, type BackupRecord } from '../../client/backup/backup-record.ts';
import { buildContent, textBody } from '../../client/messaging/content.ts';
import { Content } from '../../wire/generated/content.ts';
import { parseAccountId } from '../../wire/ids.ts';
import { writeBackup } from '../../webui/engine/backup/backup-file.ts';

const CHEAP = { memoryKibibytes: 64, passes: 1, lanes: 1 };
const MINUTE_MS = 60_000;
const WORDS = 'the quick brown fox jumps over a lazy dog while nobody reads what somebody wrote about lunch'.split(' ');

/** In base64. */
export async function makeLongHistory(self: string, peer: string, count: number, passphrase: string): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of writeBackup(passphrase, CHEAP, encodeAll(self, peer, count))) parts.push(part);
  return Buffer.concat(parts).toString('base64');
}

/** Of different lengths, the same each time. */
export function makeText(index: number): string {
  const length = 3 + ((index * 7919) % 40);
  return Array.from({ length }, (_, word) => WORDS[(index * 31 + word * word) % WORDS.length]).join(' ');
}

async function* encodeAll(self: string, peer: string, count: number): AsyncGenerator<Uint8Array> {
  const createdAt = Date.now();
  yield encodeJson({
    type: 'header',
    format: BACKUP_FORMAT,
    version: BACKUP_VERSION,
    accountId: self,
    createdAt,
  } satisfies BackupRecord);
  for (let index = 0; index < count; index++)
    yield encodeJson(makeMessage(self, peer, index, createdAt - (count - index) * MINUTE_MS));
  yield encodeJson({ type: 'end', recordCount: count + 1 } satisfies BackupRecord);
}

function makeMessage(self: string, peer: string, index: number, time: number): BackupRecord {
  const isOwn = index % 3 === 0;
  const messageId = new Uint8Array(16);
  new DataView(messageId.buffer).setUint32(0, index + 1);
  const text = makeText(index);
  return {
    type: 'message',
    time,
    isUnread: false,
    deliveries: [],
    message: {
      id: Buffer.from(messageId).toString('hex'),
      author: parseAccountId(isOwn ? self : peer),
      authorDevice: 1,
      conversation: peer,
      direction: isOwn ? 'outgoing' : 'incoming',
      kind: 'text',
      timestamp: time,
      receivedAt: time,
      status: isOwn ? 'read' : 'received',
      text,
      content: Content.encode(buildContent(messageId, time, textBody(text))).finish(),
    },
  };
}
