/** What the service worker does when the browser wakes it: for a push, for a click on a notification, for a new subscription. */
import { placeOf, type NotificationData } from '../../notifications/notification-data.ts';
import { NotificationBoard } from '../../notifications/notification-board.ts';
import { readTexts, writeMemo } from '../../notifications/notification-memo.ts';
import { ENGLISH_TEXTS } from '../../notifications/notification-texts.ts';
import { toPushAddress } from '../../notifications/push-address.ts';
import type { CallAction, PendingCall, WorkerMessage } from '../../notifications/worker-messages.ts';
import { fetchAndTell, type FetchOutcome } from './fetch-and-tell.ts';
import { askPages, isAttended, listPages, openAt, tellPages } from './pages.ts';
import type { Ringing } from './ringing.ts';
import { openWokenClient } from './woken-client.ts';

declare const self: ServiceWorkerGlobalScope;

/** Held by the tab that takes the deliveries (engine/ports/web-locks.ts). */
const RECEIVER_LOCK = 'vant-receiver';
/** Longer than a call rings. Whatever hangs must not stand in the way of the next push. */
const MAX_WAKE_MS = 120_000;
/** Long enough for every browser to have counted it. */
const QUIET_SHOWN_MS = 4000;

const IS_SAFARI = /AppleWebKit/.test(navigator.userAgent) && !/Chrom(e|ium)\//.test(navigator.userAgent);

let texts = ENGLISH_TEXTS;
const board = new NotificationBoard(self.registration, () => texts);
let ringing: Ringing | undefined;
let running: Promise<void> | undefined;
let isAskedAgain = false;

/** One at a time. What a push that comes meanwhile is about may have come after the look at the queue: then it looks once more. */
export function onPush(): Promise<void> {
  if (running !== undefined) isAskedAgain = true;
  return (running ??= Promise.race([wake(), sleep(MAX_WAKE_MS)]).finally(() => (running = undefined)));
}

async function wake(): Promise<void> {
  do {
    isAskedAgain = false;
    const at = Date.now();
    [texts] = await Promise.all([readTexts(caches), writeMemo(caches, 'lastPushAt', at)]);
    if (await isReceivedByTab()) {
      // It has the connection, and shows by itself what is to be shown.
      const isSeenTo = await askPages({ type: 'push', at });
      if (isSeenTo) await showSomething('fetched');
      else await fetchOrSayThatThereIs();
    } else {
      // Also for whoever waits to see that a push arrives.
      await tellPages({ type: 'push', at });
      await fetchOrSayThatThereIs();
    }
  } while (takeQuestion());
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function takeQuestion(): boolean {
  const wasAsked = isAskedAgain;
  isAskedAgain = false;
  return wasAsked;
}

async function fetchOrSayThatThereIs(): Promise<void> {
  const state = { isTold: false };
  const onTold = async (outcome: FetchOutcome): Promise<void> => {
    state.isTold = true;
    await showSomething(outcome);
  };
  try {
    await fetchAndTell({ board, texts: () => texts, onRinging: (found) => (ringing = found), onTold });
  } catch {
    // The store, the server: whatever it was, somebody has written.
    if (!state.isTold) await showSomething('unknown');
  } finally {
    ringing = undefined;
  }
}

/** Browsers take the right to push away from those who show nothing for it, unless the app is in front; Safari even then. */
async function showSomething(outcome: FetchOutcome): Promise<void> {
  if (outcome === 'gone') await (await self.registration.pushManager.getSubscription())?.unsubscribe();
  const isSeen = await isAttended();
  if (outcome === 'unknown' && !isSeen) await board.showUnread();
  else if ((await board.count()) === 0 && (!isSeen || IS_SAFARI)) {
    await board.showQuiet();
    // After the event has ended: it must be there when the browser looks.
    setTimeout(() => void board.close('quiet'), QUIET_SHOWN_MS);
  }
}

async function isReceivedByTab(): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === RECEIVER_LOCK);
}

export async function onClick(notification: Notification, action: string): Promise<void> {
  const data = notification.data as NotificationData | undefined;
  notification.close();
  if (data?.type === 'call') await onCallClick(data.callId, toCallAction(action));
  else await openAt(placeOf(data));
}

const toCallAction = (action: string): CallAction => (action === 'answer' || action === 'decline' ? action : 'show');

async function onCallClick(callId: string, action: CallAction): Promise<void> {
  const isHere = ringing?.callId === callId;
  if (isHere && action === 'decline') {
    ringing?.decline();
    return;
  }
  if (isHere && action === 'answer') ringing?.answer();
  await tellPages({ type: 'call-action', callId, action });
  if (action !== 'decline') await openAt([]);
}

/** A page has started, or was asked to show the call, and takes what rings here. */
export async function handOverCall(port: MessagePort | undefined): Promise<void> {
  const pending: PendingCall = ringing?.handOver() ?? { messages: [], isAnswered: false };
  port?.postMessage(pending);
}

/** The browser has made another subscription, or taken the old one away (Push API, 10.4). Where this fails, the next start of the app
 * mends it. */
export async function onSubscriptionChange(event: PushSubscriptionChangeEvent): Promise<void> {
  const message: WorkerMessage = { type: 'subscription-changed' };
  if ((await listPages()).length > 0) return tellPages(message);
  const options = event.oldSubscription?.options;
  const subscription =
    event.newSubscription ?? (options === undefined ? null : await self.registration.pushManager.subscribe(options));
  if (subscription === null) return;
  const woken = await openWokenClient();
  if (typeof woken === 'string') return;
  try {
    await (await woken.client.push()).register(toPushAddress(subscription));
  } finally {
    await woken.close();
  }
}
