/** The page's end of what the service worker says, and the service worker's registration. */
import { CALL_WANTED, type PendingCall, type WorkerMessage } from '../../notifications/worker-messages.ts';

type Listener = (message: WorkerMessage, answer: ((word: string) => void) | undefined) => void;

/** Resolves never where there is no service worker. */
export const registration = async (): Promise<ServiceWorkerRegistration> =>
  'serviceWorker' in navigator ? navigator.serviceWorker.ready : new Promise(() => undefined);

export function onWorkerMessage(listener: Listener): () => void {
  const listen = ({ data, ports }: MessageEvent<WorkerMessage>): void => {
    const [port] = ports;
    listener(data, port === undefined ? undefined : (word) => port.postMessage(word));
  };
  navigator.serviceWorker.addEventListener('message', listen);
  return () => navigator.serviceWorker.removeEventListener('message', listen);
}

/** Resolves when a push is here. */
export function untilPush(): { readonly arrived: Promise<undefined>; readonly stop: () => void } {
  const arrived = Promise.withResolvers<undefined>();
  const stop = onWorkerMessage(({ type }) => {
    if (type === 'push') arrived.resolve(undefined);
  });
  return { arrived: arrived.promise, stop };
}

const ANSWER_TIMEOUT_MS = 3000;

/** What rings in the service worker: from now on it rings here. */
export async function takePendingCall(): Promise<PendingCall | undefined> {
  const { active } = await registration();
  if (active === null) return undefined;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => resolve(undefined), ANSWER_TIMEOUT_MS);
    port1.onmessage = ({ data }: MessageEvent<PendingCall>) => {
      clearTimeout(timer);
      port1.close();
      resolve(data);
    };
    active.postMessage(CALL_WANTED, [port2]);
  });
}
