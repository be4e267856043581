/** Calls are loaded beside the app once somebody has joined, and end with the account. */
import { effect, signal, type ReadonlySignal } from '@preact/signals-core';
import type { CallService } from '../calls/call-service.ts';
import type { AppContext } from './context.ts';

/** Undefined until there is an account, and where the browser has no WebRTC. */
export function startCalls({ engine, state }: AppContext): ReadonlySignal<CallService | undefined> {
  const service = signal<CallService | undefined>(undefined);
  effect(() => {
    const account = state.account.value;
    if (account === undefined || service.peek() !== undefined || !('RTCPeerConnection' in globalThis)) return;
    void Promise.all([import('../calls/call-service.ts'), import('../views/call/call-view.ts')]).then(
      ([{ CallService: Service }]) => {
        service.value ??= new Service(engine, account);
      },
    );
  });
  return service;
}
