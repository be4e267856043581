/** What has happened in a conversation, in words for a terminal. */
import type { GroupChange, Notice } from '../client/conversations/notice.ts';
import type { DirectoryEntry } from '../client/directory/directory.ts';
import { nameOf } from './resolve-member.ts';
import { toLine } from './terminal-text.ts';

export function toNoticeText(notice: Notice, names: ReadonlyMap<string, DirectoryEntry>): string {
  const name = (accountId: string): string => toLine(nameOf(names.get(accountId)));
  switch (notice.type) {
    case 'identity-changed':
      return `The safety number with ${name(notice.accountId)} has changed.`;
    case 'verification':
      return `${name(notice.accountId)} is ${notice.isVerified ? 'verified' : 'not verified any more'}.`;
    case 'expire-timer':
      return `${name(notice.by)} has set messages to ${describeTimer(notice.expireTimerSeconds)}.`;
    case 'member-joined':
      return `${name(notice.accountId)} has joined the team.`;
    case 'member-left':
      return `${name(notice.accountId)} has left the team.`;
    case 'call':
      return describeCall(notice);
    case 'group':
      return notice.changes.map((change) => describeChange(change, name(notice.by), name)).join(' ');
    case 'unsupported':
      return '(a message that this version cannot show)';
  }
}

function describeTimer(seconds: number): string {
  return seconds === 0 ? 'stay' : `disappear after ${seconds} seconds`;
}

function describeCall({ direction, isMissed, durationMs = 0 }: Extract<Notice, { type: 'call' }>): string {
  if (isMissed) return direction === 'incoming' ? 'Missed call.' : 'Nobody answered the call.';
  return `${direction === 'incoming' ? 'Incoming' : 'Outgoing'} call, ${Math.round(durationMs / 1000)} seconds.`;
}

function describeChange(change: GroupChange, by: string, name: (accountId: string) => string): string {
  switch (change.type) {
    case 'created':
      return `${by} has made the group.`;
    case 'left':
      return `${name(change.accountId)} has left the group.`;
    case 'added':
    case 'removed':
    case 'promoted':
    case 'demoted':
      return `${by} has ${change.type} ${name(change.accountId)}.`;
    case 'title':
      return `${by} has named the group ${toLine(change.title)}.`;
    case 'description':
    case 'avatar':
    case 'access':
      return `${by} has changed the group.`;
    case 'expire-timer':
      return `${by} has set messages to ${describeTimer(change.expireTimerSeconds)}.`;
  }
}
