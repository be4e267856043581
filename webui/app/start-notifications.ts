/** Notifications are loaded beside the app once somebody has joined. */
import { effect, type ReadonlySignal } from '@preact/signals-core';
import type { CallService } from '../calls/call-service.ts';
import type { AppContext } from './context.ts';

export function startNotifications(context: AppContext, calls: ReadonlySignal<CallService | undefined>): void {
  let isStarted = false;
  effect(() => {
    if (isStarted || context.state.account.value === undefined) return;
    isStarted = true;
    void import('./notification-host.ts').then(({ hostNotifications }) => hostNotifications(context, calls));
  });
}
