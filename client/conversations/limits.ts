/** What a message may hold, and for how long it may be changed. Senders keep to it, and receivers make sure. */

const DAY_MS = 24 * 60 * 60 * 1000;

/** From the time when the message was sent. Notes to oneself may be changed for ever. */
export const EDIT_WINDOW_MS = DAY_MS;
export const DELETE_WINDOW_MS = DAY_MS;
/** What receivers add: clocks differ, and a change may have waited for a connection. */
export const WINDOW_SLACK_MS = DAY_MS;
export const MAX_EDITS = 10;

/** Mentions and styles of one text. */
export const MAX_RANGES = 250;
/** UTF-16 code units that are copied from the quoted message. */
export const MAX_QUOTE_UNITS = 1000;
export const MAX_ATTACHMENTS = 32;
export const MAX_PREVIEWS = 4;
/** The longest emoji of today, a family with skin tones, has about 20 UTF-16 code units. */
const MAX_EMOJI_UNITS = 32;
/** Four weeks. */
export const MAX_EXPIRE_TIMER_SECONDS = 28 * 24 * 60 * 60;

export const clampExpireTimer = (seconds: number): number => Math.min(seconds, MAX_EXPIRE_TIMER_SECONDS);

/** One emoji, also one that this engine's tables do not know yet: no letters, blanks or controls. */
export function isReactionEmoji(text: string): boolean {
  if (text.length === 0 || text.length > MAX_EMOJI_UNITS) return false;
  return (
    /[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3]/u.test(text) && !/[\p{L}\p{Z}\p{Cc}\p{Cs}]/u.test(text)
  );
}
