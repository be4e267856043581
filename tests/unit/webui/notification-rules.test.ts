import { describe, expect, it } from 'vitest';
import { NO_QUIET_HOURS } from '../../../client/account/quiet-hours.ts';
import type { StoredMessage } from '../../../client/conversations/history.ts';
import type { AccountId } from '../../../wire/ids.ts';
import { messageLine } from '../../../webui/notifications/message-line.ts';
import { placeOf, tagOf } from '../../../webui/notifications/notification-data.ts';
import {
  isMutedFor,
  isWorthTelling,
  mayRing,
  newestReaction,
  type TellingRules,
} from '../../../webui/notifications/notification-rules.ts';
import { ENGLISH_TEXTS, fillIn } from '../../../webui/notifications/notification-texts.ts';

const NOW = new Date(2027, 0, 4, 23).getTime();
const ada = '00000000-0000-4000-8000-00000000000a' as AccountId;
const bob = '00000000-0000-4000-8000-00000000000b' as AccountId;

const rules = (change: Partial<TellingRules> = {}): TellingRules => ({
  settings: { isOn: true, preview: 'full', mentionsWhenMuted: true },
  quietHours: NO_QUIET_HOURS,
  now: NOW,
  ...change,
});

const message = (change: Partial<StoredMessage> = {}): StoredMessage => ({
  historyKey: `${ada}/1`,
  id: '1',
  author: ada,
  authorDevice: 1,
  conversation: ada,
  direction: 'incoming',
  timestamp: NOW,
  receivedAt: NOW,
  status: 'received',
  kind: 'text',
  text: 'Hello',
  content: new Uint8Array(),
  ...change,
});

describe('a mute', () => {
  it('holds until its last millisecond', () => {
    expect(isMutedFor(rules(), { mutedUntil: NOW + 1, kind: 'direct' }, message())).toBe(true);
    expect(isMutedFor(rules(), { mutedUntil: NOW, kind: 'direct' }, message())).toBe(false);
  });

  it('of a group lets mentions through, unless that was turned off; one of two does not', () => {
    const mention = message({ isMention: true });
    const muted = { mutedUntil: NOW + 1, kind: 'group' as const };
    expect(isMutedFor(rules(), muted, mention)).toBe(false);
    expect(isMutedFor(rules(), { ...muted, kind: 'direct' }, mention)).toBe(true);
    const settings = { ...rules().settings, mentionsWhenMuted: false };
    expect(isMutedFor(rules({ settings }), muted, mention)).toBe(true);
  });
});

describe('a call', () => {
  it('rings in quiet hours only where that was chosen, and never where notifications are off', () => {
    const quietHours = { ...NO_QUIET_HOURS, isOn: true };
    expect(mayRing(rules())).toBe(true);
    expect(mayRing(rules({ quietHours }))).toBe(true);
    expect(mayRing(rules({ quietHours: { ...quietHours, allowsCalls: false } }))).toBe(false);
    expect(mayRing(rules({ settings: { ...rules().settings, isOn: false } }))).toBe(false);
  });
});

describe('what is worth telling', () => {
  it('is what others have written, and calls that were missed', () => {
    const call = { type: 'call', callId: '7', direction: 'incoming', isVideo: false } as const;
    const notice = (isMissed: boolean) => message({ kind: 'notice', notice: { ...call, isMissed } });
    expect(
      [message(), notice(true), message({ kind: 'notice', notice: { type: 'unsupported' } })].every(isWorthTelling),
    ).toBe(true);
    const silent = [
      message({ direction: 'outgoing' }),
      message({ isDeleted: true }),
      notice(false),
      message({ kind: 'notice', notice: { type: 'member-joined', accountId: bob } }),
    ];
    expect(silent.some(isWorthTelling)).toBe(false);
  });
});

describe('a reaction', () => {
  const own = (change: Partial<StoredMessage>) => message({ direction: 'outgoing', author: bob, ...change });
  const reacted = { reactions: { [ada]: '🎉' }, reactionTimes: { [ada]: NOW } };

  it('is news when somebody else gave it to an own message after what was told of last', () => {
    expect(newestReaction(own(reacted), NOW - 1)).toEqual({ by: ada, emoji: '🎉', at: NOW });
    expect(newestReaction(own(reacted), NOW)).toBeUndefined();
    expect(newestReaction(message(reacted), 0)).toBeUndefined();
    expect(newestReaction(own({ reactions: { [bob]: '🎉' }, reactionTimes: { [bob]: NOW } }), 0)).toBeUndefined();
  });

  it('that was taken back, or is older than an edit, is none', () => {
    expect(newestReaction(own({ reactions: {}, reactionTimes: { [ada]: NOW } }), 0)).toBeUndefined();
    expect(newestReaction(own({ ...reacted, editedAt: NOW + 1 }), 0)).toBeUndefined();
    expect(newestReaction(own({ ...reacted, isDeleted: true }), 0)).toBeUndefined();
  });
});

describe('the line of a message', () => {
  const lineOf = (change: Partial<StoredMessage>): string => messageLine(message(change), ENGLISH_TEXTS);
  const attachment = (contentType: string, fileName = '', voiceNote = false) => ({
    ...{ locator: '', key: new Uint8Array(), digest: new Uint8Array(), sizeBytes: 1, width: 0, height: 0 },
    ...{ durationMs: 0, thumbnail: new Uint8Array(), contentType, fileName, voiceNote },
  });

  it('is its text in one line, with spoilers hidden, and not without end', () => {
    expect(lineOf({ text: ' a\n\n b ' })).toBe('a b');
    expect(lineOf({ text: 'It was him', ranges: [{ start: 7, length: 3, style: 'spoiler' }] })).toBe('It was ▒▒▒');
    expect(lineOf({ text: 'x'.repeat(200) })).toBe('x'.repeat(200));
    expect(lineOf({ text: 'x'.repeat(201) })).toBe(`${'x'.repeat(200)} …`);
    expect(lineOf({ text: `${'x'.repeat(199)}🎉` })).toBe(`${'x'.repeat(199)} …`);
  });

  it('says what was sent without a text', () => {
    expect(lineOf({ text: '', attachments: [attachment('image/png', 'a.png')] })).toBe('Picture');
    expect(lineOf({ text: '', attachments: [attachment('video/mp4')] })).toBe('Video');
    expect(lineOf({ text: '', attachments: [attachment('audio/ogg', '', true)] })).toBe('Voice message');
    expect(lineOf({ text: '', attachments: [attachment('text/plain', 'notes.txt')] })).toBe('notes.txt');
    expect(lineOf({ text: '', attachments: [attachment('text/plain')] })).toBe('File');
    expect(lineOf({ text: '' })).toBe('New message');
  });
});

describe('texts', () => {
  it('are filled in where something is given, and only once', () => {
    expect(fillIn('{count} of {name}', { count: 3, name: '{count}' })).toBe('3 of {count}');
    expect(fillIn('{other}', {})).toBe('{other}');
  });
});

describe('notifications', () => {
  const data = { type: 'messages', conversation: ada, name: 'Ada', entries: [] } as const;

  it('of one conversation are one; without a name all are one', () => {
    expect(tagOf({ ...data, preview: 'full' })).toBe(tagOf({ ...data, preview: 'name' }));
    expect(tagOf({ ...data, preview: 'full' })).not.toBe(tagOf({ ...data, preview: 'full', conversation: bob }));
    expect(tagOf({ ...data, preview: 'nothing' })).toBe(tagOf({ ...data, preview: 'nothing', conversation: bob }));
  });

  it('lead to what they are about', () => {
    expect(placeOf({ ...data, preview: 'nothing' })).toEqual(['conversation', ada]);
    expect(placeOf({ type: 'test' })).toEqual(['settings', 'notifications']);
    expect(placeOf({ type: 'unread' })).toEqual([]);
    expect(placeOf(undefined)).toEqual([]);
  });
});
