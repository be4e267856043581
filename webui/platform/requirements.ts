/** What the app needs and a browser may not have, or not in this window. */

/** `storage`: there is no IndexedDB here, as in some private windows. */
export type Requirement =
  'secure-context' | 'storage' | 'web-crypto' | 'web-locks' | 'workers' | 'broadcast-channel' | 'web-socket';

const PROBE_DATABASE = 'vant-probe';

/** Whether it is clear at once that the app cannot even start: everything else the engine finds out. */
export const isHopeless = (): boolean =>
  !globalThis.isSecureContext || typeof Worker !== 'function' || typeof BroadcastChannel !== 'function';

/** What is missing; empty when the app can run. */
export async function findMissingRequirements(): Promise<Requirement[]> {
  // Without it the browser hides the others, and their names would only mislead.
  if (!globalThis.isSecureContext) return ['secure-context'];
  const checks: readonly (readonly [Requirement, boolean])[] = [
    ['web-crypto', 'crypto' in globalThis && 'subtle' in crypto],
    ['web-locks', 'locks' in navigator],
    ['workers', typeof Worker === 'function'],
    ['broadcast-channel', typeof BroadcastChannel === 'function'],
    ['web-socket', typeof WebSocket === 'function'],
    ['storage', await isStorageUsable()],
  ];
  return checks.filter(([, isThere]) => !isThere).map(([requirement]) => requirement);
}

/** Having the interface says nothing: private windows of some browsers have it and refuse to open a database. */
function isStorageUsable(): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open(PROBE_DATABASE);
      request.onerror = () => resolve(false);
      request.onblocked = () => resolve(false);
      request.onsuccess = () => {
        request.result.close();
        const removal = indexedDB.deleteDatabase(PROBE_DATABASE);
        removal.onsuccess = removal.onerror = () => resolve(true);
      };
    } catch {
      resolve(false);
    }
  });
}
