/** What the service worker and the pages tell each other. */
import type { ReceivedCallMessage } from '../../client/calls/call-manager.ts';

/** To the pages. */
export type WorkerMessage =
  /** A push has come. With a port, which answers once the page has seen to what waits. */
  | { readonly type: 'push'; readonly at: number }
  /** A notification was clicked: the parts of the path behind `#/`. */
  | { readonly type: 'open'; readonly path: readonly string[] }
  | { readonly type: 'call-action'; readonly callId: string; readonly action: CallAction }
  /** The browser has changed the subscription. */
  | { readonly type: 'subscription-changed' };

export type CallAction = 'answer' | 'decline' | 'show';

/** To the service worker, with a port for the PendingCall. */
export const CALL_WANTED = 'call-wanted';

/** A call that the service worker rings for, handed over to a page. */
export interface PendingCall {
  readonly messages: readonly ReceivedCallMessage[];
  /** Somebody has pressed "Answer" in the notification. */
  readonly isAnswered: boolean;
}

/** The answer on the port of `push`. */
export const SEEN_TO = 'seen-to';
