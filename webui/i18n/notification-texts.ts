/** What notifications say, in the language of the page. */
import { msg } from '@lit/localize';
import type { NotificationTexts } from '../notifications/notification-texts.ts';

export const notificationTexts = (): NotificationTexts => ({
  newMessage: msg('New message'),
  newMessages: msg('{count} new messages'),
  incomingCall: msg('Incoming call'),
  incomingVideoCall: msg('Incoming video call'),
  missedCall: msg('Missed call'),
  answer: msg('Answer'),
  decline: msg('Decline'),
  picture: msg('Picture'),
  video: msg('Video'),
  voiceMessage: msg('Voice message'),
  file: msg('File'),
  reaction: msg('Reacted {emoji} to “{text}”'),
  reactionWithoutText: msg('Reacted {emoji}'),
  unknownMember: msg('Unknown member'),
  group: msg('Group'),
  notesToSelf: msg('Notes to self'),
  nothingNew: msg('Nothing new'),
});
