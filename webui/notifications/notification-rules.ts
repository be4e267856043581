/** Whether a message is told of. */
import type { NotificationSettings } from '../../client/account/notification-settings.ts';
import { isQuietAt, type QuietHours } from '../../client/account/quiet-hours.ts';
import type { Conversation } from '../../client/conversations/conversation-list.ts';
import type { StoredMessage } from '../../client/conversations/history.ts';

export interface TellingRules {
  readonly settings: NotificationSettings;
  readonly quietHours: QuietHours;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export const isQuietTime = ({ quietHours, now }: TellingRules): boolean => isQuietAt(quietHours, new Date(now));

/** A mute holds for all but, in a group, what is meant for this member. */
export function isMutedFor(
  { settings, now }: TellingRules,
  { mutedUntil, kind }: Pick<Conversation, 'mutedUntil' | 'kind'>,
  message: Pick<StoredMessage, 'isMention'>,
): boolean {
  if (mutedUntil <= now) return false;
  return !(kind === 'group' && message.isMention === true && settings.mentionsWhenMuted);
}

/** A mute is about messages. Calls ring through quiet hours, too, where that was chosen. */
export const mayRing = (rules: TellingRules): boolean =>
  rules.settings.isOn && (rules.quietHours.allowsCalls || !isQuietTime(rules));

/** What somebody has to be told of, apart from whether now is the time for it. */
export function isWorthTelling(message: StoredMessage): boolean {
  if (message.direction !== 'incoming' || message.isDeleted === true) return false;
  const { notice } = message;
  if (notice === undefined) return true;
  return notice.type === 'unsupported' || (notice.type === 'call' && notice.isMissed);
}

/** The newest reaction of somebody else to an own message, when it is what has changed last. */
export function newestReaction(
  { direction, reactions = {}, reactionTimes = {}, editedAt = 0, isDeleted, author }: StoredMessage,
  since: number,
): { readonly by: string; readonly emoji: string; readonly at: number } | undefined {
  if (direction !== 'outgoing' || isDeleted === true) return undefined;
  const [newest] = Object.entries(reactionTimes)
    .filter(([by]) => by !== author)
    .sort(([, a], [, b]) => b - a);
  if (newest === undefined) return undefined;
  const [by, at] = newest;
  const emoji = reactions[by];
  return emoji === undefined || at <= since || at < editedAt ? undefined : { by, emoji, at };
}
