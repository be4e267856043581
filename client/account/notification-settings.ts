/** What this device tells of new messages. Of this device only: what a phone in a pocket may show is another matter than what a screen
 * in an office may. */
import { appendJournal } from '../conversations/journal.ts';
import type { StorageTransaction } from '../ports.ts';
import { defineTable } from '../storage/table.ts';

/** `name`: who has written, but not what. `nothing`: that there is something. */
export const PREVIEWS = ['full', 'name', 'nothing'] as const;
export type Preview = (typeof PREVIEWS)[number];

export interface NotificationSettings {
  /** The member wants them on this device. */
  readonly isOn: boolean;
  readonly preview: Preview;
  /** In muted groups, a message that mentions this member is told of nevertheless. */
  readonly mentionsWhenMuted: boolean;
}

const settings = defineTable<NotificationSettings>('notification-settings');
const KEY = 'self';
const DEFAULTS: NotificationSettings = { isOn: false, preview: 'full', mentionsWhenMuted: true };

export async function getNotificationSettings(tx: StorageTransaction): Promise<NotificationSettings> {
  return { ...DEFAULTS, ...(await settings.get(tx, KEY)) };
}

export async function putNotificationSettings(
  tx: StorageTransaction,
  change: Partial<NotificationSettings>,
): Promise<void> {
  await settings.put(tx, KEY, { ...(await getNotificationSettings(tx)), ...change });
  await appendJournal(tx, { type: 'settings' });
}
