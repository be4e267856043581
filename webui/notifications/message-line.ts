/** A message in one line of a notification. */
import type { StoredMessage } from '../../client/conversations/history.ts';
import { concealSpoilers } from './conceal-spoilers.ts';
import type { NotificationTexts } from './notification-texts.ts';

const MAX_UNITS = 200;

export function messageLine(message: StoredMessage, texts: NotificationTexts): string {
  if (message.notice?.type === 'call') return texts.missedCall;
  if (message.notice !== undefined) return texts.newMessage;
  const text = oneLine(concealSpoilers(message));
  return text === '' ? describeAttachment(message, texts) : text;
}

const oneLine = (text: string): string => {
  const line = text.trim().replace(/\s+/gu, ' ');
  // Not in the middle of a character that takes two.
  return line.length <= MAX_UNITS ? line : `${line.slice(0, MAX_UNITS).replace(/[\uD800-\uDBFF]$/u, '')} …`;
};

function describeAttachment({ attachments = [] }: StoredMessage, texts: NotificationTexts): string {
  const [first] = attachments;
  if (first === undefined) return texts.newMessage;
  if (first.voiceNote) return texts.voiceMessage;
  if (first.contentType.startsWith('image/')) return texts.picture;
  if (first.contentType.startsWith('video/')) return texts.video;
  return first.fileName === '' ? texts.file : oneLine(first.fileName);
}
