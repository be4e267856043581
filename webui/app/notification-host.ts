/** Puts notifications together: the tab's, the subscription to pushes, the question whether they are wanted, and calls that began to ring
 * while no tab was there. */
import { effect, type ReadonlySignal } from '@preact/signals-core';
import type { CallService } from '../calls/call-service.ts';
import { pushUpkeepOf } from '../platform/notifications/push-upkeep.ts';
import { TabNotifications } from '../platform/notifications/tab-notifications.ts';
import { takePendingCall } from '../platform/notifications/worker-link.ts';
import '../views/notifications/notification-banner.ts';
import type { CallAction } from '../notifications/worker-messages.ts';
import type { AppContext } from './context.ts';

export function hostNotifications({ engine, state }: AppContext, calls: ReadonlySignal<CallService | undefined>): void {
  const upkeep = pushUpkeepOf(engine);
  upkeep.start();
  if (!('serviceWorker' in navigator)) return;
  void TabNotifications.start({
    ...{ engine, upkeep },
    account: () => state.account.value,
    nameOf: (accountId) => state.directory.members.peek().get(accountId)?.profile?.displayName,
    unreadTotal: () => state.conversations.unreadTotal.value,
    call: () => calls.value?.call.value,
    onCallAction: (callId, action) => void onCallAction(calls.peek(), callId, action),
  });
  let isAsked = false;
  effect(() => {
    if (calls.value === undefined || isAsked) return;
    isAsked = true;
    void takeCall(calls.value);
  });
}

async function onCallAction(calls: CallService | undefined, callId: string, action: CallAction): Promise<void> {
  if (calls === undefined) return;
  const isHere = (): boolean => calls.call.peek()?.id === callId && calls.call.peek()?.phase === 'incoming';
  // It may ring in the service worker, because this tab was asleep.
  if (!isHere() && action !== 'decline') await takeCall(calls);
  if (!isHere()) return;
  if (action === 'answer') await calls.accept();
  if (action === 'decline') calls.decline();
}

async function takeCall(calls: CallService): Promise<void> {
  const pending = await takePendingCall();
  for (const message of pending?.messages ?? []) await calls.receive(message);
  if (pending?.isAnswered === true) await calls.accept();
}
