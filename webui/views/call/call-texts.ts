/** What is said of a call. */
import { msg, str } from '@lit/localize';
import type { CallEnd, CallView } from '../../../client/calls/call-view.ts';
import type { DirectoryEntry } from '../../../client/directory/directory.ts';
import { nameOf } from '../../state/member-names.ts';

/** Whom the call is with. The echo service is no member. */
export const peerName = (call: CallView, members: ReadonlyMap<string, DirectoryEntry>): string =>
  call.isEcho ? msg('Test call (echo)') : nameOf(members, call.peer);

export function describePhase(call: CallView, now: number): string {
  switch (call.phase) {
    case 'calling':
      return msg('Calling …');
    case 'ringing':
      return msg('Ringing …');
    case 'incoming':
      return call.withVideo ? msg('Incoming video call') : msg('Incoming call');
    case 'connecting':
      return msg('Connecting …');
    case 'reconnecting':
      return msg('Reconnecting …');
    case 'connected':
      return formatDuration(now - (call.connectedAt ?? now));
    case 'ended':
      return describeEnd(call.end ?? 'finished', call);
  }
}

function describeEnd(end: CallEnd, call: CallView): string {
  switch (end) {
    case 'finished':
      return msg(str`Call ended · ${formatDuration((call.endedAt ?? 0) - (call.connectedAt ?? call.endedAt ?? 0))}`);
    case 'declined':
      return msg('Declined');
    case 'busy':
      return msg('In another call');
    case 'no-answer':
      return msg('No answer');
    case 'cancelled':
      return msg('Call ended');
    case 'identity-changed':
      return msg('The safety number has changed');
    case 'answered-elsewhere':
      return msg('Answered on another device');
    case 'declined-elsewhere':
      return msg('Declined on another device');
    case 'no-media':
      return msg('No microphone: allow it in the browser, and call again');
    case 'no-connection':
      return msg('The connection was lost');
  }
}

/** 65,000 ms are "1:05"; from an hour on "1:01:05". */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours = 0, minutes = 0, rest = 0] = parts;
  const end = `${hours > 0 ? String(minutes).padStart(2, '0') : minutes}:${String(rest).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${end}` : end;
}
