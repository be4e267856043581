/** What of Redis belongs into a backup. A new kind of key does not compile until somebody has decided. */
import type { StorageKeys } from '../keys.ts';

/** `always`; `queues` and `attachments`: only together with them; `never`: see docs/decisions/0016. */
export type BackupClass = 'always' | 'queues' | 'attachments' | 'never';

export const BACKUP_CLASSES = {
  accounts: 'always',
  roles: 'always',
  account: 'always',
  // With the accounts, so that those of test calls that were under way are removed.
  guests: 'always',
  devices: 'always',
  deviceKeys: 'always',
  // One that was handed out after the backup must not be handed out again: devices upload new ones.
  preKeys: 'never',
  kyberPreKeys: 'never',
  // The stream itself always: a device without one gets nothing. With its envelopes only where they are wanted.
  queue: 'always',
  expiries: 'queues',
  connectionEpoch: 'always',
  pushRecord: 'always',
  pushDevices: 'always',
  pushKeyId: 'always',
  pushVapid: 'always',
  // Made anew from what waits (push/wake-sweep.ts).
  pushDue: 'never',
  pushClaimed: 'never',
  pushLease: 'never',
  pushChannel: 'never',
  // One that was used after the backup must not open the team a second time.
  invite: 'never',
  invites: 'never',
  linkTokens: 'never',
  provisioning: 'never',
  serverKeys: 'always',
  rate: 'never',
  // Without it an older Vant would take what a newer one has written.
  form: 'always',
  formLock: 'never',
  // A restore is in the past by nature.
  clock: 'never',
  health: 'never',
  janitorLock: 'never',
  attachmentUsage: 'attachments',
  attachmentDirectory: 'never',
  historyMinutes: 'always',
  historyHours: 'always',
  deviceChannel: 'never',
  liveQuestions: 'never',
  liveAnswers: 'never',
  tlsState: 'always',
  tlsLease: 'never',
  tlsChannel: 'never',
  accountChannel: 'never',
  // Of a test call that is over by then.
} as const satisfies Record<keyof StorageKeys, BackupClass>;

export interface BackupExtent {
  readonly withQueues: boolean;
  readonly withAttachments: boolean;
}

export function isKept(name: keyof StorageKeys, { withQueues, withAttachments }: BackupExtent): boolean {
  const kept: BackupClass = BACKUP_CLASSES[name];
  return kept === 'always' || (kept === 'queues' && withQueues) || (kept === 'attachments' && withAttachments);
}
