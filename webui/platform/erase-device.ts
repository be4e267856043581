/** Removes everything of this app from this browser: messages, keys, the app itself. */
import type { EngineClient } from './engine-client.ts';

export async function eraseDevice(engine: EngineClient): Promise<void> {
  await engine.control.eraseDevice();
  localStorage.clear();
  sessionStorage.clear();
  const registrations = 'serviceWorker' in navigator ? await navigator.serviceWorker.getRegistrations() : [];
  await Promise.all(registrations.map((registration) => registration.unregister()));
  for (const name of await caches.keys()) await caches.delete(name);
}
