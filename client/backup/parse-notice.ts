/** Notices of a backup. */
import type { GroupChange, Notice } from '../conversations/notice.ts';
import {
  asFields,
  optional,
  readAccountId,
  readFlag,
  readList,
  readNumber,
  readOneOf,
  readText,
  type Fields,
} from './fields.ts';

const MAX_CHANGES = 1100;
const MAX_NAME_UNITS = 4096;
const TYPES = [
  'identity-changed',
  'verification',
  'expire-timer',
  'member-joined',
  'member-left',
  'call',
  'group',
  'unsupported',
] as const;
const CHANGES = [
  'created',
  'added',
  'removed',
  'left',
  'promoted',
  'demoted',
  'title',
  'description',
  'avatar',
  'expire-timer',
  'access',
] as const;

/** @throws BadField */
export function readNotice(fields: Fields): Notice {
  const type = readOneOf(fields, 'type', TYPES);
  switch (type) {
    case 'unsupported':
      return { type };
    case 'verification':
      return { type, accountId: readAccountId(fields, 'accountId'), isVerified: readFlag(fields, 'isVerified') };
    case 'expire-timer': {
      const expireTimerSeconds = readNumber(fields, 'expireTimerSeconds');
      return { type, by: readAccountId(fields, 'by'), expireTimerSeconds };
    }
    case 'call':
      return {
        type,
        callId: readText(fields, 'callId', MAX_NAME_UNITS),
        direction: readOneOf(fields, 'direction', ['incoming', 'outgoing']),
        isVideo: readFlag(fields, 'isVideo'),
        isMissed: readFlag(fields, 'isMissed'),
        ...optional(fields, 'durationMs', readNumber),
      };
    case 'group':
      return { type, by: readAccountId(fields, 'by'), changes: readList(fields, 'changes', MAX_CHANGES, readChange) };
    default:
      return { type, accountId: readAccountId(fields, 'accountId') };
  }
}

function readChange(change: Fields): GroupChange {
  const fields = asFields(change, 'change');
  const type = readOneOf(fields, 'type', CHANGES);
  switch (type) {
    case 'created':
    case 'avatar':
      return { type };
    case 'title':
      return { type, title: readText(fields, 'title', MAX_NAME_UNITS) };
    case 'description':
      return { type, description: readText(fields, 'description', MAX_NAME_UNITS) };
    case 'expire-timer':
      return { type, expireTimerSeconds: readNumber(fields, 'expireTimerSeconds') };
    case 'access': {
      const what = readOneOf(fields, 'what', ['add-members', 'edit-attributes']);
      return { type, what, who: readOneOf(fields, 'who', ['members', 'admins']) };
    }
    default:
      return { type, accountId: readAccountId(fields, 'accountId') };
  }
}
