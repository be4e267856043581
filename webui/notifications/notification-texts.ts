/** What notifications say. The page has the translations, and leaves these few for the service worker, which would have to load all
 * of a language for them. `{name}` and the like stand for what is filled in. */

export interface NotificationTexts {
  /** Such as `de`. */
  readonly language?: string;
  readonly newMessage: string;
  /** {count} */
  readonly newMessages: string;
  readonly incomingCall: string;
  readonly incomingVideoCall: string;
  readonly missedCall: string;
  readonly answer: string;
  readonly decline: string;
  readonly picture: string;
  readonly video: string;
  readonly voiceMessage: string;
  readonly file: string;
  /** {emoji}, {text} */
  readonly reaction: string;
  /** {emoji} */
  readonly reactionWithoutText: string;
  readonly unknownMember: string;
  readonly group: string;
  readonly notesToSelf: string;
  readonly nothingNew: string;
}

export const ENGLISH_TEXTS: NotificationTexts = {
  newMessage: 'New message',
  newMessages: '{count} new messages',
  incomingCall: 'Incoming call',
  incomingVideoCall: 'Incoming video call',
  missedCall: 'Missed call',
  answer: 'Answer',
  decline: 'Decline',
  picture: 'Picture',
  video: 'Video',
  voiceMessage: 'Voice message',
  file: 'File',
  reaction: 'Reacted {emoji} to “{text}”',
  reactionWithoutText: 'Reacted {emoji}',
  unknownMember: 'Unknown member',
  group: 'Group',
  notesToSelf: 'Notes to self',
  nothingNew: 'Nothing new',
};

export const fillIn = (template: string, values: Readonly<Record<string, string | number>>): string =>
  template.replace(/\{(\w+)\}/gu, (whole, name: string) => (name in values ? String(values[name]) : whole));
