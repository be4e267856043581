/** The open pages of the app, as the service worker sees them. */
import { SEEN_TO, type WorkerMessage } from '../../notifications/worker-messages.ts';

declare const self: ServiceWorkerGlobalScope;

/** A page that is asleep never answers. */
const ANSWER_TIMEOUT_MS = 5000;

export const listPages = (): Promise<readonly WindowClient[]> =>
  self.clients.matchAll({ type: 'window', includeUncontrolled: true });

export const isAttended = async (): Promise<boolean> =>
  (await listPages()).some(({ visibilityState }) => visibilityState === 'visible');

export async function tellPages(message: WorkerMessage): Promise<void> {
  for (const page of await listPages()) page.postMessage(message);
}

/** Whether a page has seen to what waits. */
export async function askPages(message: WorkerMessage): Promise<boolean> {
  const answers = (await listPages()).map((page) => askPage(page, message));
  return (await Promise.all(answers)).some((isSeenTo) => isSeenTo);
}

function askPage(page: WindowClient, message: WorkerMessage): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => resolve(false), ANSWER_TIMEOUT_MS);
    port1.onmessage = ({ data }) => {
      clearTimeout(timer);
      port1.close();
      resolve(data === SEEN_TO);
    };
    page.postMessage(message, [port2]);
  });
}

/** Brings the app to the front, at this place. */
export async function openAt(path: readonly string[]): Promise<void> {
  const pages = await listPages();
  const page = pages.find(({ visibilityState }) => visibilityState === 'visible') ?? pages[0];
  if (page === undefined) {
    await self.clients.openWindow(`/#/${path.map(encodeURIComponent).join('/')}`);
    return;
  }
  page.postMessage({ type: 'open', path } satisfies WorkerMessage);
  // Browsers refuse where it was not a person who clicked.
  await page.focus().catch(() => undefined);
}
