import type { AdminStatus, Warning } from '../../wire/admin-schemas.ts';

const MANY = 0.9;
const MEMORY_SHARE = 0.8;
const DISK_SHARE = 0.9;
const MEBIBYTE = 1024 * 1024;

/** What the figures say that an admin should look after, each with the option that mends it. */
export function findWarnings(status: Omit<AdminStatus, 'warnings'>, queueMaxEnvelopes: number): Warning[] {
  return [...findStorageWarnings(status.storage), ...findLimitWarnings(status, queueMaxEnvelopes)];
}

function findStorageWarnings(storage: AdminStatus['storage']): Warning[] {
  const { isReady, memoryBytes = 0, maxMemoryBytes, lastRewriteSucceeded, diskFreeBytes, diskTotalBytes } = storage;
  const warnings: Warning[] = [];
  if (!isReady) warnings.push({ message: 'There is no connection to Redis: no message can be accepted.' });
  if (maxMemoryBytes !== undefined && memoryBytes > maxMemoryBytes * MEMORY_SHARE) {
    warnings.push({
      message: `Redis uses ${toPercent(memoryBytes / maxMemoryBytes)} of the memory that it may use; when it is full, messages are refused. Allow more.`,
      ...(storage.mode === 'embedded' && { option: 'redis.embedded.max_memory' }),
    });
  }
  if (lastRewriteSucceeded === false) {
    warnings.push({
      message: 'The append-only file could not be rewritten: deleted messages stay on disk. See the log.',
    });
  }
  if (
    diskFreeBytes !== undefined &&
    diskTotalBytes !== undefined &&
    diskFreeBytes < diskTotalBytes * (1 - DISK_SHARE)
  ) {
    warnings.push({
      message: `The disk is almost full: ${Math.floor(diskFreeBytes / MEBIBYTE)} MiB are free. Make room, or move the data.`,
      option: 'storage.data_dir',
    });
  }
  return warnings;
}

function findLimitWarnings(status: Omit<AdminStatus, 'warnings'>, queueMaxEnvelopes: number): Warning[] {
  const { connections, team, queues } = status;
  const warnings: Warning[] = [];
  if (connections.open >= connections.max * MANY) {
    warnings.push({
      message: `${connections.open} of at most ${connections.max} connections are open.`,
      option: 'relay.max_connections',
    });
  }
  if (team.accounts >= team.maxAccounts * MANY) {
    warnings.push({
      message: `The team has ${team.accounts} of at most ${team.maxAccounts} members.`,
      option: 'limits.max_accounts',
    });
  }
  const full = queues.accounts
    .flatMap(({ devices }) => devices)
    .filter(({ envelopes }) => envelopes >= queueMaxEnvelopes * MANY);
  if (full.length > 0) {
    warnings.push({
      message: `The queues of ${full.length} devices are almost full; what is sent to them will be refused. Remove devices that never come back.`,
      option: 'relay.queue_max_envelopes',
    });
  }
  return warnings;
}

const toPercent = (share: number): string => `${Math.round(share * 100)} %`;
