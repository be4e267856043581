/** Keeps one whole version of the app on the device, every file checked against the hash that this script was built with.
 * A new version is fetched beside it and takes over when the person says so. And it takes pushes: see push/. */
import { CALL_WANTED } from '../notifications/worker-messages.ts';
import type { ShellManifest } from './shell-manifest.ts';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build, as JSON. */
declare const SHELL_MANIFEST: string;

const SHELL = JSON.parse(SHELL_MANIFEST) as ShellManifest;
const CACHE_PREFIX = 'vant-shell-';
const CACHE_NAME = CACHE_PREFIX + SHELL.hash;
const PAGE = '/index.html';

self.addEventListener('install', (event) => event.waitUntil(fetchShell()));
self.addEventListener('activate', (event) => event.waitUntil(dropOtherShells()));
self.addEventListener('fetch', (event) => {
  const path = shellPathOf(event.request);
  if (path !== undefined) event.respondWith(serve(path, event.request));
});
self.addEventListener('message', (event) => {
  if (event.data === 'take-over') event.waitUntil(self.skipWaiting());
  if (event.data === 'version') event.ports[0]?.postMessage(SHELL.hash);
  if (event.data === CALL_WANTED) event.waitUntil(load().then(({ handOverCall }) => handOverCall(event.ports[0])));
});
self.addEventListener('push', (event) => event.waitUntil(load().then(({ onPush }) => onPush())));
self.addEventListener('notificationclick', (event) => {
  event.waitUntil(load().then(({ onClick }) => onClick(event.notification, event.action)));
});
self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(load().then(({ onSubscriptionChange }) => onSubscriptionChange(event)));
});

/** The client and the Signal engine are in this file, too, because a service worker can load nothing later. They are not run before
 * they are needed: it also starts to answer the first request of a page. */
const load = (): Promise<typeof import('./push/push-events.ts')> => import('./push/push-events.ts');

/** All or nothing: with one file missing or another one than it should be, the version is not installed. */
async function fetchShell(): Promise<void> {
  const cache = await caches.open(CACHE_NAME);
  await Promise.all(
    Object.entries(SHELL.files).map(async ([path, sha256]) => {
      if ((await cache.match(path)) !== undefined) return;
      await cache.put(path, await fetchVerified(path, sha256));
    }),
  );
}

/** The browser compares with the hash (Subresource Integrity) and fails when it differs. */
async function fetchVerified(path: string, sha256: string): Promise<Response> {
  const response = await fetch(path, { integrity: `sha256-${sha256}`, cache: 'no-cache', credentials: 'omit' });
  if (!response.ok) throw new Error(`${path} answered with status ${response.status}.`);
  return response;
}

async function dropOtherShells(): Promise<void> {
  for (const name of await caches.keys())
    if (name.startsWith(CACHE_PREFIX) && name !== CACHE_NAME) await caches.delete(name);
  await self.clients.claim();
}

/** The file of the shell that answers a request; undefined for what only the server can answer. */
function shellPathOf(request: Request): string | undefined {
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return undefined;
  if (request.mode === 'navigate') return ['/', '/join', '/link'].includes(url.pathname) ? PAGE : undefined;
  return url.pathname in SHELL.files ? url.pathname : undefined;
}

async function serve(path: string, request: Request): Promise<Response> {
  const cached = await (await caches.open(CACHE_NAME)).match(path);
  return cached ?? fetch(request);
}
