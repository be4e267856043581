/** The records of an exported history (version 1): JSON, bytes in it as {"$b": base64url}. A header comes first, `end` last, so
 * that a cut file is noticed. There are no keys and no sessions in it; whoever writes the file encrypts it. */
import type { Preferences } from '../account/preferences.ts';
import type { ConversationRecord } from '../conversations/conversation-record.ts';
import type { Delivery } from '../conversations/deliveries.ts';
import type { StoredMessage } from '../conversations/history.ts';
import type { MemberSettings } from '../directory/member-settings.ts';

export const BACKUP_FORMAT = 'vant-history';
export const BACKUP_VERSION = 1;

/** What is counted from the messages is counted again. */
export type BackupConversation = Omit<
  ConversationRecord,
  'lastKey' | 'messageCount' | 'unreadCount' | 'unreadMentions'
>;

export type BackupRecord =
  | {
      readonly type: 'header';
      readonly format: typeof BACKUP_FORMAT;
      readonly version: number;
      readonly accountId: string;
      readonly createdAt: number;
    }
  | { readonly type: 'preferences'; readonly preferences: Preferences & { readonly changedAt: number } }
  | { readonly type: 'member'; readonly accountId: string; readonly settings: MemberSettings }
  | { readonly type: 'conversation'; readonly conversation: BackupConversation }
  | {
      readonly type: 'message';
      /** Its place in the timeline. */
      readonly time: number;
      readonly isUnread: boolean;
      readonly message: Omit<StoredMessage, 'historyKey'>;
      readonly deliveries: readonly Delivery[];
    }
  /** A serialized GroupState. */
  | { readonly type: 'group'; readonly state: Uint8Array }
  | { readonly type: 'end'; readonly recordCount: number };
