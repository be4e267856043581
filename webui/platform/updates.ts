/** New versions of the app: found and verified in the background, announced, and taken when the person says so. */
import { signal } from '@preact/signals-core';
import { trustedScriptUrl } from './trusted-types.ts';

const SERVICE_WORKER = '/service-worker.js';
const CHECK_INTERVAL_MS = 60 * 60 * 1000;

/** A version that is wholly here and verified, and waits to be taken. */
export interface AvailableUpdate {
  /** The hash of its bundle. */
  readonly hash: string;
}

export const availableUpdate = signal<AvailableUpdate | undefined>(undefined);

type Save = () => Promise<void> | void;
const saves = new Set<Save>();
let registration: ServiceWorkerRegistration | undefined;

/** Called before the page reloads for a new version: what is only on the screen, a draft for one, has to be stored.
 * Gives a function that takes it back. */
export function onBeforeReload(save: Save): () => void {
  saves.add(save);
  return () => saves.delete(save);
}

/** Without a service worker (a browser may refuse it) the app works, only not offline. */
export async function startUpdates(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  reloadWhenReplaced();
  registration = await navigator.serviceWorker
    .register(trustedScriptUrl(SERVICE_WORKER), { type: 'module', updateViaCache: 'none' })
    .catch(() => undefined);
  if (registration === undefined) return;
  watch(registration);
  setInterval(() => void checkForUpdate(), CHECK_INTERVAL_MS);
}

/** Looks for a new version now. */
export async function checkForUpdate(): Promise<void> {
  // Offline, or the server is away: the next look finds it.
  await registration?.update().catch(() => undefined);
}

/** Takes the version that waits: all tabs reload, each after it has saved. */
export async function takeUpdate(): Promise<void> {
  await saveAll();
  if (registration?.waiting) registration.waiting.postMessage('take-over');
  else location.reload();
}

function watch(found: ServiceWorkerRegistration): void {
  const announce = (worker: ServiceWorker): void => {
    // The very first version replaces nothing.
    if (navigator.serviceWorker.controller === null) return;
    void askVersion(worker).then((hash) => {
      if (hash !== undefined) availableUpdate.value = { hash };
    });
  };
  if (found.waiting !== null) announce(found.waiting);
  found.addEventListener('updatefound', () => {
    const worker = found.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed') announce(worker);
    });
  });
}

function reloadWhenReplaced(): void {
  let hadController = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (hadController) void saveAll().finally(() => location.reload());
    hadController = true;
  });
}

async function saveAll(): Promise<void> {
  await Promise.allSettled([...saves].map(async (save) => save()));
}

/** The hash of the bundle that a service worker serves; undefined when it does not say. */
export function askVersion(worker: ServiceWorker): Promise<string | undefined> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => resolve(undefined), ANSWER_TIMEOUT_MS);
    port1.onmessage = ({ data }: MessageEvent<unknown>) => {
      clearTimeout(timer);
      port1.close();
      resolve(typeof data === 'string' ? data : undefined);
    };
    worker.postMessage('version', [port2]);
  });
}

const ANSWER_TIMEOUT_MS = 5000;
