/** Conversations in words and pictures: what a list, a header and a notice say about them. */
import { msg, str } from '@lit/localize';
import type { Conversation } from '../../../client/conversations/conversation-list.ts';
import type { StoredMessage } from '../../../client/conversations/history.ts';
import type { GroupChange, Notice } from '../../../client/conversations/notice.ts';
import type { DeliveryStatus } from '../../components/delivery-mark.ts';
import type { IconName } from '../../components/icon-shapes.ts';
import { formatDuration, formatList } from '../../i18n/format.ts';
import type { AppState } from '../../state/app-state.ts';
import { concealSpoilers } from '../../notifications/conceal-spoilers.ts';
import { formatTimer } from '../../text/when.ts';

export interface Face {
  readonly name: string;
  readonly identity: string;
  readonly picture?: Uint8Array | undefined;
  readonly pictureType?: string | undefined;
  readonly icon?: IconName | undefined;
}

export function faceOf({ directory, account, conversations }: AppState, conversation: string): Face {
  if (conversation.startsWith('group:')) {
    const group = conversations.find(conversation)?.group;
    const hasPicture = (group?.avatar.length ?? 0) > 0;
    return {
      name: group?.title ?? msg('Group'),
      identity: conversation,
      ...(hasPicture ? { picture: group?.avatar, pictureType: group?.avatarContentType } : { icon: 'users' }),
    };
  }
  if (conversation === account.value?.accountId)
    return { name: msg('Notes to self'), identity: conversation, icon: 'pencil' };
  const profile = directory.members.value.get(conversation)?.profile;
  return {
    name: directory.nameOf(conversation),
    identity: conversation,
    picture: profile?.avatar,
    pictureType: profile?.avatarContentType,
  };
}

/** By what others are called in a sentence; oneself is "You". */
export const subjectOf = ({ directory, account }: AppState, accountId: string): string =>
  accountId === account.value?.accountId ? msg('You') : directory.nameOf(accountId);

export function deliveryLabel(status: DeliveryStatus): string {
  switch (status) {
    case 'queued':
      return msg('Sending');
    case 'sent':
      return msg('Sent');
    case 'delivered':
      return msg('Delivered');
    case 'read':
      return msg('Read');
    case 'failed':
      return msg('Not sent');
  }
}

export interface Preview {
  readonly prefix?: string;
  readonly preview: string;
  readonly previewTone: 'normal' | 'accent' | 'quiet';
}

export function describeLast(state: AppState, { id, kind, last, draft }: Conversation): Preview | undefined {
  const typing = state.conversations.typing.value.get(id) ?? [];
  if (typing.length > 0) return { preview: describeTyping(state, typing, kind === 'group'), previewTone: 'accent' };
  const isOpen = state.timeline.value?.conversation === id;
  if (draft !== undefined && !isOpen && draft.text.trim() !== '')
    return { prefix: msg('Draft:'), preview: oneLine(draft.text), previewTone: 'normal' };
  if (last === undefined) return undefined;
  if (last.notice !== undefined) return { preview: describeNotice(state, last.notice, last), previewTone: 'quiet' };
  if (last.isDeleted === true) return { preview: describeDeleted(state, last), previewTone: 'quiet' };
  const isOwn = last.direction === 'outgoing' && kind !== 'self';
  const prefix = isOwn ? msg('You:') : kind === 'group' ? `${state.directory.nameOf(last.author)}:` : undefined;
  return {
    ...(prefix === undefined ? {} : { prefix }),
    preview: oneLine(concealSpoilers(last)),
    previewTone: 'normal',
  };
}

const oneLine = (text: string): string => text.slice(0, 200).replace(/\s+/gu, ' ');

export function describeTyping(state: AppState, accounts: readonly string[], isGroup: boolean): string {
  if (!isGroup) return msg('typing …');
  const names = formatList(accounts.map((account) => state.directory.nameOf(account)));
  return accounts.length === 1 ? msg(str`${names} is typing …`) : msg(str`${names} are typing …`);
}

export const describeDeleted = (state: AppState, message: StoredMessage): string =>
  message.author === state.account.value?.accountId
    ? msg('You deleted this message.')
    : msg('This message was deleted.');

export function describeNotice(state: AppState, notice: Notice, message: StoredMessage): string {
  const name = (accountId: string): string => state.directory.nameOf(accountId);
  switch (notice.type) {
    case 'identity-changed':
      return msg(str`The safety number with ${name(notice.accountId)} has changed.`);
    case 'verification':
      return notice.isVerified
        ? msg(str`You marked ${name(notice.accountId)} as verified.`)
        : msg(str`You no longer mark ${name(notice.accountId)} as verified.`);
    case 'expire-timer':
      return describeTimer(state, notice.by, notice.expireTimerSeconds);
    case 'member-joined':
      return msg(str`${name(notice.accountId)} has joined the team.`);
    case 'member-left':
      return msg(str`${name(notice.accountId)} is no longer in the team.`);
    case 'call':
      return describeCall(notice);
    case 'group':
      return notice.changes.map((change) => describeGroupChange(state, notice.by, change)).join(' ');
    case 'unsupported':
      return msg(
        str`${subjectOf(state, message.author)} sent something that this version cannot show. Update the app.`,
      );
  }
}

function describeTimer(state: AppState, by: string, seconds: number): string {
  const isOwn = by === state.account.value?.accountId;
  if (seconds === 0)
    return isOwn
      ? msg('You turned disappearing messages off.')
      : msg(str`${state.directory.nameOf(by)} turned disappearing messages off.`);
  const time = formatTimer(seconds);
  return isOwn
    ? msg(str`You set messages to disappear after ${time}.`)
    : msg(str`${state.directory.nameOf(by)} set messages to disappear after ${time}.`);
}

function describeCall(call: Extract<Notice, { type: 'call' }>): string {
  if (call.isMissed) return call.direction === 'incoming' ? msg('Missed call') : msg('No answer');
  const kind = call.isVideo ? msg('Video call') : msg('Voice call');
  return call.durationMs === undefined ? kind : `${kind}, ${formatDuration(call.durationMs)}`;
}

function describeGroupChange(state: AppState, by: string, change: GroupChange): string {
  const actor = subjectOf(state, by);
  switch (change.type) {
    case 'created':
      return msg(str`${actor} created the group.`);
    case 'added':
      return msg(str`${actor} added ${subjectOf(state, change.accountId)}.`);
    case 'removed':
      return msg(str`${actor} removed ${subjectOf(state, change.accountId)}.`);
    case 'left':
      return msg(str`${subjectOf(state, change.accountId)} left the group.`);
    case 'promoted':
      return msg(str`${actor} made ${subjectOf(state, change.accountId)} an admin.`);
    case 'demoted':
      return msg(str`${actor} no longer lists ${subjectOf(state, change.accountId)} as an admin.`);
    case 'title':
      return msg(str`${actor} named the group “${change.title}”.`);
    case 'description':
      return msg(str`${actor} changed the description.`);
    case 'avatar':
      return msg(str`${actor} changed the picture.`);
    case 'expire-timer':
      return describeTimer(state, by, change.expireTimerSeconds);
    case 'access':
      return msg(str`${actor} changed who may edit the group.`);
  }
}
