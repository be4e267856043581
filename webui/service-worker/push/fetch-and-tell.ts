/** Takes what waits at the server, tells of it, and goes. */
import type { VantClient } from '../../../client/client.ts';
import type { NotificationBoard } from '../../notifications/notification-board.ts';
import type { NotificationTexts } from '../../notifications/notification-texts.ts';
import { Notifier, type People } from '../../notifications/notifier.ts';
import { isAttended } from './pages.ts';
import { Ringing } from './ringing.ts';
import { openWokenClient, type WokenClient } from './woken-client.ts';

/** Systems give a push half a minute (Chromium: 90 seconds); something has to be shown in it. */
const FETCH_MS = 20_000;
/** Receipts for what has come. What does not get out goes with the next connection. */
const FLUSH_MS = 3000;

/** `fetched`: all of it is here, and was told of as far as it is to be. `unknown`: locked, or the server was not there in time. `gone`:
 * there is no account in this browser. */
export type FetchOutcome = 'fetched' | 'unknown' | 'gone';

export interface FetchDependencies {
  readonly board: NotificationBoard;
  readonly texts: () => NotificationTexts;
  /** While a call rings. */
  readonly onRinging: (ringing: Ringing) => void;
  /** Everything was told of; a call may still ring. */
  readonly onTold: (outcome: FetchOutcome) => Promise<void>;
}

export async function fetchAndTell(dependencies: FetchDependencies): Promise<void> {
  const woken = await openWokenClient();
  if (typeof woken === 'string') {
    await dependencies.onTold(woken === 'empty' ? 'gone' : 'unknown');
    return;
  }
  try {
    await fetchWith(woken, dependencies);
  } finally {
    await woken.close();
  }
}

async function fetchWith(woken: WokenClient, dependencies: FetchDependencies): Promise<void> {
  const { client } = woken;
  const { board, texts, onRinging, onTold } = dependencies;
  const people = await loadPeople(client);
  const notifier = new Notifier({
    ...{ client, board, texts, isAttended },
    people: async () => people,
    locks: navigator.locks,
    now: () => Date.now(),
  });
  const ringing = new Ringing(woken, {
    show: async ({ id, peer, withVideo }) => {
      const settings = await notifier.mayRing();
      if (settings === undefined || (await isAttended())) return;
      const name = people.nameOf(peer) ?? texts().unknownMember;
      await board.ring({ callId: id, conversation: peer, name, withVideo }, settings.preview);
    },
    hide: (callId) => board.closeCall(callId),
  });
  onRinging(ringing);
  const reactions: Promise<void>[] = [];
  client.on('changed', (message) => void reactions.push(notifier.tellReaction(message)));
  const isFetched = await receive(client);
  await notifier.tell();
  await Promise.allSettled(reactions);
  await notifier.reconcile();
  await showBadge(client);
  await onTold(isFetched ? 'fetched' : 'unknown');
  await leave(client, ringing, notifier);
}

/** What comes in while this one leaves is acknowledged, so that no other push will follow for it: it is told of, and for a call this one
 * comes back. */
async function leave(client: VantClient, ringing: Ringing, notifier: Notifier): Promise<void> {
  for (;;) {
    await ringing.over();
    // A call that was missed is a message.
    await notifier.tell();
    await client.flush(FLUSH_MS);
    await client.close();
    await notifier.tell();
    if (!(await ringing.rings())) return;
    await client.connect({ receive: true });
  }
}

/** Whether everything that waited is here: taken by this client, and not by a tab that may be asleep. */
async function receive(client: VantClient): Promise<boolean> {
  let isReceiving = false;
  client.on('connection', (state) => (isReceiving = state.status === 'connected' && state.isReceiving));
  await client.connect({ receive: true });
  const isDone = await client.drain(FETCH_MS);
  return isDone && isReceiving;
}

async function loadPeople(client: VantClient): Promise<People> {
  const team = await client.team();
  const [members, blocked] = await Promise.all([team.knownMembers(), team.blockedMembers()]);
  const names = new Map<string, string | undefined>(
    members.map(({ accountId, profile }) => [accountId, profile?.displayName]),
  );
  return {
    nameOf: (accountId) => names.get(accountId),
    isBlocked: (accountId) => blocked.some((each) => each === accountId),
  };
}

async function showBadge(client: VantClient): Promise<void> {
  if (!('setAppBadge' in navigator)) return;
  const now = Date.now();
  const conversations = await client.conversations();
  const count = conversations
    .filter(({ mutedUntil, isArchived }) => mutedUntil <= now && !isArchived)
    .reduce((sum, { unreadCount, isMarkedUnread }) => sum + Math.max(unreadCount, isMarkedUnread ? 1 : 0), 0);
  await navigator.setAppBadge(count).catch(() => undefined);
}
