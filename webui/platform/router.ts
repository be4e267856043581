/** Where the app is. Everything is behind `#`, which a browser never sends: the server does not learn who is read. */
import { signal } from '@preact/signals-core';

/** The parts of the path after `#/`: `#/conversation/ID` is ['conversation', 'ID']. */
export const route = signal<readonly string[]>(readRoute());

addEventListener('hashchange', () => (route.value = readRoute()));

export const pathTo = (...parts: readonly string[]): string => `/#/${parts.map(encodeURIComponent).join('/')}`;

export function navigate(...parts: readonly string[]): void {
  history.pushState(null, '', pathTo(...parts));
  route.value = readRoute();
}

/** Without a way back: what was in the address bar is gone from the history too. */
export function replaceRoute(...parts: readonly string[]): void {
  history.replaceState(null, '', pathTo(...parts));
  route.value = readRoute();
}

function readRoute(): readonly string[] {
  if (location.pathname !== '/' || !location.hash.startsWith('#/')) return [];
  return location.hash.slice(2).split('/').filter(Boolean).map(decodeURIComponent);
}
