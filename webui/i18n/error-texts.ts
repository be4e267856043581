/** What went wrong and what to do about it, in words for the person in front of the page: one text for every code of
 * wire/errors.ts, client/errors.ts and engine/engine-errors.ts. */
import { msg, str } from '@lit/localize';
import type { ClientErrorCode } from '../../client/errors.ts';
import type { EngineErrorCode } from '../engine/engine-errors.ts';
import type { ErrorCode } from '../../wire/errors.ts';
import { formatDuration } from './format.ts';

type Code = ErrorCode | ClientErrorCode | EngineErrorCode;

const programFault = (): string =>
  msg('This app and the server do not understand each other. Reload the page; if it stays, tell your admin.');
const unreachable = (): string => msg('The server cannot be reached. Check your connection and try again.');

const TEXTS: Readonly<Record<Code, () => string>> = {
  BAD_REQUEST: programFault,
  INVALID_KEY: programFault,
  INVALID_SIGNATURE: programFault,
  MALFORMED_FRAME: programFault,
  BAD_ANSWER: () => msg('This address does not answer like a Vant server. Check it, or ask your admin.'),
  UNAUTHORIZED: () => msg('This device was removed from the account. Link it again, or ask for a new invite.'),
  FORBIDDEN: () => msg('Your role does not allow this. Ask an owner or an admin of the team.'),
  INVITE_INVALID: () =>
    msg('This invite no longer works: it has expired, was used already, or was revoked. Ask for a new one.'),
  LINK_TOKEN_INVALID: () => msg('This took too long, or the code was used already. Start again on both devices.'),
  NOT_FOUND: () => msg('This is not there any more. Reload the page to see what is.'),
  TOO_MANY_DEVICES: () => msg('The account has as many devices as the server allows. Remove one first.'),
  TEAM_FULL: () => msg('The team is full. The admin can allow more members with limits.max_accounts.'),
  LAST_OWNER: () => msg('A team needs an owner. Make another member an owner first.'),
  CONFLICT: () => msg('Somebody has changed this in the meantime. Look again, and repeat your change.'),
  CONNECTED_ELSEWHERE: () => msg('This device is open elsewhere. Close one of the two.'),
  PAYLOAD_TOO_LARGE: () => msg('This is too large for the server. Send less at once.'),
  RANGE_NOT_SATISFIABLE: programFault,
  QUOTA_EXCEEDED: () =>
    msg('Your attachments take as much room as the server allows. Try again when older ones have expired.'),
  DISK_FULL: () => msg('The server has no room for attachments. Try again later, or tell your admin.'),
  ECHO_UNAVAILABLE: () => msg('This server answers no test calls. The admin can switch them on with calls.echo.'),
  ECHO_BUSY: () => msg('Too many members make a test call at the moment. Try again in a minute.'),
  PUSH_UNAVAILABLE: () => msg('The server cannot wake this browser. The admin can switch notifications on.'),
  PUSH_ADDRESS_REFUSED: () => msg('The server does not accept where this browser wants to be woken. Tell your admin.'),
  RATE_LIMITED: () => msg('That was too much at once. Wait a moment and try again.'),
  QUEUE_FULL: () => msg('Too many messages wait for this member. Try again when they have been online.'),
  KEEPALIVE_TIMEOUT: unreachable,
  SLOW_READER: unreachable,
  UNREACHABLE: unreachable,
  UNANSWERED: () => msg('The server did not answer in time. Try again.'),
  TIMEOUT: () => msg('Nobody answered in time. Start again.'),
  TOO_MANY_CONNECTIONS: () => msg('The server has no room for more connections. Try again later, or tell your admin.'),
  DRAINING: () => msg('The server restarts. Try again in a moment.'),
  STORAGE_UNAVAILABLE: () =>
    msg('The server cannot store anything at the moment. Try again later, or tell your admin.'),
  INTERNAL: () => msg('The server made a mistake. Try again; if it stays, tell your admin.'),
  NOT_JOINED: () => msg('This browser belongs to no team yet. Open an invite link, or link it as a device.'),
  ALREADY_JOINED: () => msg('This browser belongs to a team already. Erase this device first, or use another browser.'),
  BAD_LINK: () =>
    msg('This link is not complete. Copy the whole link, up to its last character, or ask for a new one.'),
  WRONG_SERVER: () => msg('This link belongs to another server than your account.'),
  STOPPED: () => msg('The app was closed in another tab. Reload the page.'),
  IDENTITY_CHANGED: () => msg('The safety number with this member has changed. Look at it, and accept it first.'),
  NO_PROFILE: () => msg('This member has not finished joining, so their keys cannot be checked yet. Try again later.'),
  NO_TEAM_KEY: () => msg('The link lacks the key of the team. Ask for the whole invite link.'),
  NOT_PRIMARY: () => msg('Only your first device can do this. Open Vant there.'),
  UNKNOWN_MEMBER: () => msg('There is no such member in this team.'),
  NO_SUCH_CONVERSATION: () => msg('There is no such conversation on this device.'),
  NO_SUCH_MESSAGE: () => msg('This message is not there any more. It was deleted, or its time was over.'),
  NOT_ALLOWED: () => msg('This cannot be done with this message or conversation.'),
  TOO_LATE: () => msg('This can be done for 24 hours after sending only.'),
  TOO_MANY_EDITS: () => msg('This message has been edited ten times. Write a new one.'),
  NOT_IN_GROUP: () => msg('You are not in this group any more.'),
  BLOCKED: () => msg('You have blocked this member. Unblock them first to write to them.'),
  BAD_BACKUP: () => msg('This file does not hold a whole history of messages. Choose another one.'),
  LOCKED: () => msg('The messages are locked. Unlock them and try again.'),
  OUTDATED: () => msg('Another tab runs a newer version of Vant. Reload this page.'),
  WRONG_PASSPHRASE: () => msg('This is not the passphrase. Mind capitals and the keyboard’s language.'),
  WRONG_PASSKEY: () => msg('This passkey does not open your messages. Use another one, or the passphrase.'),
  PROOF_NEEDED: () => msg('Enter your passphrase or use your passkey first.'),
  NOT_A_BACKUP: () => msg('This file is not a backup of Vant. Choose the file that ends in .vantbackup.'),
  BACKUP_TOO_NEW: () => msg('This backup was made by a newer version of Vant. Take the update of this page first.'),
  BACKUP_WRONG_PASSPHRASE: () =>
    msg('This is not the passphrase of the backup. It may be another one than that of the lock.'),
  BACKUP_DAMAGED: () => msg('The backup is damaged: a part of it was changed or is missing. Nothing was imported.'),
  BACKUP_CANCELLED: () => msg('The backup was cancelled.'),
  BACKUP_BUSY: () => msg('Another backup is under way. Wait until it is done.'),
};

/** Codes that have a text. */
export const ERROR_TEXT_CODES = Object.keys(TEXTS) as readonly Code[];

/** @param error anything that was thrown; what has no code of ours is told as it is */
export function errorText(error: unknown): string {
  const { code, message, retryAfterMs } = (error ?? {}) as {
    code?: unknown;
    message?: unknown;
    retryAfterMs?: unknown;
  };
  if (code === 'RATE_LIMITED' && typeof retryAfterMs === 'number' && retryAfterMs >= 1000)
    return msg(str`That was too much at once. Try again in ${formatDuration(retryAfterMs)}.`);
  if (typeof code === 'string' && Object.hasOwn(TEXTS, code)) return TEXTS[code as Code]();
  return msg(str`Something went wrong: ${typeof message === 'string' ? message : String(error)}`);
}
