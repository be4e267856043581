/** What a member wants to show to others, on all their devices. What is off is neither sent nor shown. */
import { appendJournal } from '../conversations/journal.ts';
import type { StorageTransaction } from '../ports.ts';
import { NO_QUIET_HOURS, type QuietHours } from './quiet-hours.ts';
import { defineTable } from '../storage/table.ts';

export interface Preferences {
  readonly readReceipts: boolean;
  readonly typingIndicators: boolean;
  /** The timer of conversations of two that this member begins; 0: messages stay. */
  readonly defaultExpireTimerSeconds: number;
  readonly quietHours: QuietHours;
}

type StoredPreferences = Preferences & { readonly changedAt: number };

const preferences = defineTable<StoredPreferences>('preferences');
const KEY = 'self';
const DEFAULTS: StoredPreferences = {
  readReceipts: true,
  typingIndicators: true,
  defaultExpireTimerSeconds: 0,
  quietHours: NO_QUIET_HOURS,
  changedAt: 0,
};

export async function getPreferences(tx: StorageTransaction): Promise<StoredPreferences> {
  return { ...DEFAULTS, ...(await preferences.get(tx, KEY)) };
}

/** Whether they were newer than those that are known. */
export async function putPreferences(tx: StorageTransaction, changed: StoredPreferences): Promise<boolean> {
  if (changed.changedAt <= (await getPreferences(tx)).changedAt) return false;
  await preferences.put(tx, KEY, changed);
  await appendJournal(tx, { type: 'settings' });
  return true;
}
