/** What a notification carries along, for whoever finds it later: the same in a tab and in the service worker. */
import type { Preview } from '../../client/account/notification-settings.ts';

export interface MessageEntry {
  readonly historyKey: string;
  /** Empty when the preview is not full. */
  readonly line: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type NotificationData =
  | {
      readonly type: 'messages';
      readonly preview: Preview;
      /** Of the newest message. */
      readonly conversation: string;
      readonly name: string;
      readonly entries: readonly MessageEntry[];
    }
  | { readonly type: 'reaction'; readonly conversation: string; readonly historyKey: string }
  | { readonly type: 'call'; readonly callId: string; readonly conversation: string }
  /** There is something, and it could not be read. */
  | { readonly type: 'unread' }
  /** The browser wants one for each push. */
  | { readonly type: 'quiet' }
  | { readonly type: 'test' };

/** One on the screen for each: a newer one takes the place of the older. */
export function tagOf(data: NotificationData): string {
  switch (data.type) {
    case 'messages':
      return data.preview === 'nothing' ? 'vant-messages' : `vant-messages-${data.conversation}`;
    case 'reaction':
      return `vant-reaction-${data.historyKey}`;
    case 'call':
      return `vant-call-${data.callId}`;
    default:
      return `vant-${data.type}`;
  }
}

/** Where a click leads, as parts of the path behind `#/`. */
export function placeOf(data: NotificationData | undefined): readonly string[] {
  switch (data?.type) {
    case 'messages':
    case 'reaction':
      return ['conversation', data.conversation];
    case 'test':
      return ['settings', 'notifications'];
    default:
      return [];
  }
}

export const conversationOfKey = (historyKey: string): string => historyKey.slice(0, historyKey.lastIndexOf('/'));
