/** Whether the browser promises to keep the messages, and how much room there is (Storage Standard). */
import { signal } from '@preact/signals-core';

export interface StorageReport {
  /** Without it, a browser that runs out of space may delete everything. */
  readonly isPersistent: boolean;
  readonly usedBytes: number | undefined;
  /** What the browser would give at most. */
  readonly quotaBytes: number | undefined;
}

export const storageReport = signal<StorageReport | undefined>(undefined);

const ASKED_KEY = 'vant-asked-persistence';
/** A browser that asks the person must not do so at each start. */
const ASK_AGAIN_MS = 14 * 24 * 60 * 60 * 1000;

export async function refreshStorageReport(): Promise<StorageReport> {
  const [isPersistent, { usage, quota }] = await Promise.all([
    navigator.storage.persisted().catch(() => false),
    navigator.storage.estimate().catch((): StorageEstimate => ({})),
  ]);
  return (storageReport.value = { isPersistent, usedBytes: usage, quotaBytes: quota });
}

/** From a button of the settings. @returns whether it is granted */
export async function askForPersistence(): Promise<boolean> {
  const isGranted = await navigator.storage.persist().catch(() => false);
  localStorage.setItem(ASKED_KEY, String(Date.now()));
  await refreshStorageReport();
  return isGranted;
}

/** When there is something to keep: right after joining, and later now and then where it was refused. */
export async function keepStorage(): Promise<void> {
  const { isPersistent } = await refreshStorageReport();
  const askedAt = Number(localStorage.getItem(ASKED_KEY) ?? 0);
  if (!isPersistent && Date.now() - askedAt > ASK_AGAIN_MS) await askForPersistence();
}
