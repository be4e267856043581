/** Entries of a timeline that nobody has written: what has happened in a conversation. */
import type { AccountId } from '../../wire/ids.ts';

/** What became different in a group. */
export type GroupChange =
  | { readonly type: 'created' }
  | { readonly type: 'added' | 'removed' | 'left' | 'promoted' | 'demoted'; readonly accountId: AccountId }
  | { readonly type: 'title'; readonly title: string }
  | { readonly type: 'description'; readonly description: string }
  | { readonly type: 'avatar' }
  | { readonly type: 'expire-timer'; readonly expireTimerSeconds: number }
  | { readonly type: 'access'; readonly what: 'add-members' | 'edit-attributes'; readonly who: 'members' | 'admins' };

export type Notice =
  /** The safety number with this member is another one now. */
  | { readonly type: 'identity-changed'; readonly accountId: AccountId }
  | { readonly type: 'verification'; readonly accountId: AccountId; readonly isVerified: boolean }
  | { readonly type: 'expire-timer'; readonly by: AccountId; readonly expireTimerSeconds: number }
  | { readonly type: 'member-joined' | 'member-left'; readonly accountId: AccountId }
  | {
      readonly type: 'call';
      readonly callId: string;
      readonly direction: 'incoming' | 'outgoing';
      readonly isVideo: boolean;
      /** Nobody answered. */
      readonly isMissed: boolean;
      /** Absent when it was not answered. */
      readonly durationMs?: number;
    }
  | { readonly type: 'group'; readonly by: AccountId; readonly changes: readonly GroupChange[] }
  /** From a newer version: it cannot be shown, but is not lost. */
  | { readonly type: 'unsupported' };

/** Those that only inform do not move their conversation up the list. */
const QUIET: readonly Notice['type'][] = ['identity-changed', 'verification', 'member-left'];

export const isQuiet = ({ notice }: { readonly notice?: Notice }): boolean =>
  notice !== undefined && QUIET.includes(notice.type);
