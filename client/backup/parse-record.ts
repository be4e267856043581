/** From the bytes of one record to what may be stored. Builds everything anew from known fields, so that nothing else gets
 * into the store. */
import { Content } from '../../wire/generated/content.ts';
import type { AccountId } from '../../wire/ids.ts';
import { NO_QUIET_HOURS, toQuietHours, type QuietHours } from '../account/quiet-hours.ts';
import type { ConversationRecord, Draft } from '../conversations/conversation-record.ts';
import type { Delivery } from '../conversations/deliveries.ts';
import type { MessageStatus, NewMessage, StoredEdit, StoredQuote } from '../conversations/history.ts';
import {
  clampExpireTimer,
  isReactionEmoji,
  MAX_ATTACHMENTS,
  MAX_EDITS,
  MAX_PREVIEWS,
  MAX_QUOTE_UNITS,
  MAX_RANGES,
} from '../conversations/limits.ts';
import { isTextStyleName, type TextRange } from '../conversations/text-range.ts';
import { decodeJson } from '../storage/json-codec.ts';
import { BACKUP_FORMAT, BACKUP_VERSION, type BackupConversation, type BackupRecord } from './backup-record.ts';
import {
  asFields,
  BadField,
  optional,
  readAccountId,
  readBytes,
  readFlag,
  readList,
  readNumber,
  readOneOf,
  readText,
  type Fields,
} from './fields.ts';
import { readNotice } from './parse-notice.ts';

/** Far above the largest message. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;
const MAX_TEXT_UNITS = 256 * 1024;
const MAX_CONTENT_BYTES = 1024 * 1024;
const MAX_GROUP_STATE_BYTES = 64 * 1024;
const MAX_KEY_UNITS = 200;
const MAX_MEMBERS = 1000;
const STATUSES: readonly MessageStatus[] = ['queued', 'sent', 'delivered', 'read', 'failed', 'received'];

/** @throws BadField */
export function parseRecord(bytes: Uint8Array): BackupRecord {
  if (bytes.length > MAX_RECORD_BYTES) throw new BadField('it is too large');
  const fields = asFields(decode(bytes), 'the record');
  const type = readOneOf(fields, 'type', [
    'header',
    'preferences',
    'member',
    'conversation',
    'message',
    'group',
    'end',
  ]);
  switch (type) {
    case 'header':
      return readHeader(fields);
    case 'preferences':
      return { type, preferences: readPreferences(asFields(fields['preferences'], 'preferences')) };
    case 'member':
      return { type, accountId: readAccountId(fields, 'accountId'), settings: readMember(fields) };
    case 'conversation':
      return { type, conversation: readConversation(asFields(fields['conversation'], 'conversation')) };
    case 'message':
      return {
        type,
        time: readNumber(fields, 'time'),
        isUnread: readFlag(fields, 'isUnread'),
        message: readMessage(asFields(fields['message'], 'message')),
        deliveries: readList(fields, 'deliveries', MAX_MEMBERS, readDelivery),
      };
    case 'group':
      return { type, state: readBytes(fields, 'state', MAX_GROUP_STATE_BYTES) };
    case 'end':
      return { type, recordCount: readNumber(fields, 'recordCount') };
  }
}

function decode(bytes: Uint8Array): unknown {
  try {
    return decodeJson(bytes);
  } catch {
    throw new BadField('it is not JSON');
  }
}

function readHeader(fields: Fields): BackupRecord {
  const format = readOneOf(fields, 'format', [BACKUP_FORMAT]);
  const version = readNumber(fields, 'version');
  if (version !== BACKUP_VERSION) throw new BadField(`version ${version} is not known; update this program`);
  const [accountId, createdAt] = [readAccountId(fields, 'accountId'), readNumber(fields, 'createdAt')];
  return { type: 'header', format, version, accountId, createdAt };
}

function readPreferences(fields: Fields) {
  const quietHours = fields['quietHours'];
  return {
    // Backups from before there were any have none.
    quietHours: quietHours === undefined ? NO_QUIET_HOURS : readQuietHours(asFields(quietHours, 'quietHours')),
    readReceipts: readFlag(fields, 'readReceipts'),
    typingIndicators: readFlag(fields, 'typingIndicators'),
    defaultExpireTimerSeconds: clampExpireTimer(readNumber(fields, 'defaultExpireTimerSeconds')),
    changedAt: readNumber(fields, 'changedAt'),
  };
}

const readQuietHours = (fields: Fields): QuietHours =>
  toQuietHours({
    isOn: readFlag(fields, 'isOn'),
    fromMinute: readNumber(fields, 'fromMinute'),
    toMinute: readNumber(fields, 'toMinute'),
    days: readNumber(fields, 'days'),
    allowsCalls: readFlag(fields, 'allowsCalls'),
  });

function readMember(record: Fields) {
  const fields = asFields(record['settings'], 'settings');
  return {
    isBlocked: readFlag(fields, 'isBlocked'),
    changedAt: readNumber(fields, 'changedAt'),
    ...optional(fields, 'verifiedIdentityKey', (own, name) => readBytes(own, name, 33)),
  };
}

function readConversationId(fields: Fields, name: string): string {
  const id = readText(fields, name, 64);
  return /^group:[0-9a-f]{32}$/.test(id) ? id : readAccountId(fields, name);
}

function readConversation(fields: Fields): BackupConversation {
  const numbers = [
    'lastAt',
    'mutedUntil',
    'pinnedAt',
    'settingsChangedAt',
    'expireTimerVersion',
    'expireTimerSetAt',
  ] as const;
  const known = Object.fromEntries(numbers.map((name) => [name, readNumber(fields, name)]));
  return {
    ...(known as Pick<ConversationRecord, (typeof numbers)[number]>),
    id: readConversationId(fields, 'id'),
    isArchived: readFlag(fields, 'isArchived'),
    isMarkedUnread: readFlag(fields, 'isMarkedUnread'),
    expireTimerSeconds: clampExpireTimer(readNumber(fields, 'expireTimerSeconds')),
    ...optional(fields, 'draft', (own, name) => readDraft(asFields(own[name], name))),
  };
}

/** What it refers to has another key here. */
function readDraft(fields: Fields): Draft {
  const text = readText(fields, 'text', MAX_TEXT_UNITS);
  return { text, ...optional(fields, 'ranges', readRanges(text)) };
}

function readMessage(fields: Fields): NewMessage {
  const kind = readOneOf(fields, 'kind', ['text', 'notice']);
  const text = readText(fields, 'text', MAX_TEXT_UNITS);
  const content = readBytes(fields, 'content', MAX_CONTENT_BYTES);
  const expireTimer = fields['expireTimerSeconds'] === undefined ? 0 : readNumber(fields, 'expireTimerSeconds');
  return {
    id: readText(fields, 'id', MAX_KEY_UNITS),
    author: readAccountId(fields, 'author'),
    authorDevice: readNumber(fields, 'authorDevice'),
    conversation: readConversationId(fields, 'conversation'),
    direction: readOneOf(fields, 'direction', ['incoming', 'outgoing']),
    timestamp: readNumber(fields, 'timestamp'),
    receivedAt: readNumber(fields, 'receivedAt'),
    ...optional(fields, 'serverTimestamp', readNumber),
    status: readOneOf(fields, 'status', STATUSES),
    ...optional(fields, 'failure', (own, name) => readText(own, name, 64)),
    kind,
    ...(kind === 'notice' ? { notice: readNotice(asFields(fields['notice'], 'notice')) } : {}),
    text,
    ...optional(fields, 'ranges', readRanges(text)),
    ...optional(fields, 'quote', (own, name) => readQuote(asFields(own[name], name))),
    ...optional(fields, 'editedAt', readNumber),
    ...optional(fields, 'edits', (own, name) => readList(own, name, MAX_EDITS, readEdit)),
    ...optional(fields, 'isDeleted', readFlag),
    ...optional(fields, 'isMention', readFlag),
    ...optional(fields, 'reactions', readReactions),
    ...optional(fields, 'expiresAt', readNumber),
    ...(expireTimer > 0 ? { expireTimerSeconds: clampExpireTimer(expireTimer) } : {}),
    ...readFiles(content),
    content,
  };
}

/** Attachments and previews are in the Content, as they came. */
function readFiles(bytes: Uint8Array): Pick<NewMessage, 'attachments' | 'previews'> {
  let body: Content['body'];
  try {
    body = Content.decode(bytes).body;
  } catch {
    throw new BadField('content cannot be read');
  }
  if (body?.$case !== 'text') return {};
  const { attachments, previews } = body.value;
  return {
    ...(attachments.length > 0 ? { attachments: attachments.slice(0, MAX_ATTACHMENTS) } : {}),
    ...(previews.length > 0 ? { previews: previews.slice(0, MAX_PREVIEWS) } : {}),
  };
}

const readRanges =
  (text: string) =>
  (fields: Fields, name: string): TextRange[] =>
    readList(fields, name, MAX_RANGES, (range) => {
      const [start, length] = [readNumber(range, 'start'), readNumber(range, 'length')];
      if (length === 0 || start + length > text.length) throw new BadField('a range is not in its text');
      if (range['mention'] !== undefined) return { start, length, mention: readAccountId(range, 'mention') };
      const style = readText(range, 'style', 32);
      if (!isTextStyleName(style)) throw new BadField('style is not known');
      return { start, length, style };
    });

function readQuote(fields: Fields): StoredQuote {
  const id = readText(fields, 'id', MAX_KEY_UNITS);
  return { author: readAccountId(fields, 'author'), id, text: readText(fields, 'text', MAX_QUOTE_UNITS) };
}

function readEdit(fields: Fields): StoredEdit {
  const text = readText(fields, 'text', MAX_TEXT_UNITS);
  return { text, ...optional(fields, 'ranges', readRanges(text)), timestamp: readNumber(fields, 'timestamp') };
}

function readReactions(fields: Fields, name: string): Record<AccountId, string> {
  const given = asFields(fields[name], name);
  const members = Object.keys(given);
  if (members.length > MAX_MEMBERS) throw new BadField(`${name} are too many`);
  const pairs = members.map((member): [AccountId, string] => {
    const emoji = readText(given, member, 64);
    if (!isReactionEmoji(emoji)) throw new BadField('a reaction is not an emoji');
    return [readAccountId({ member }, 'member'), emoji];
  });
  return Object.fromEntries(pairs);
}

function readDelivery(fields: Fields): Delivery {
  return {
    accountId: readAccountId(fields, 'accountId'),
    ...optional(fields, 'sentAt', readNumber),
    ...optional(fields, 'deliveredAt', readNumber),
    ...optional(fields, 'readAt', readNumber),
    ...optional(fields, 'failure', (own, name) => readText(own, name, 64)),
  };
}
