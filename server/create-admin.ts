/** What owners and admins see of the running server. */
import type { Warning } from '../wire/admin-schemas.ts';
import { Admin } from './admin/admin.ts';
import { Checkup } from './admin/checkup.ts';
import { History } from './admin/history.ts';
import { QueueSurvey } from './admin/queue-survey.ts';
import type { Parts } from './app-parts.ts';
import type { Rooms } from './create-rooms.ts';
import { toAdminLimits } from './live-limits.ts';

interface AdminFacts {
  readonly history: History;
  readonly startWarnings: readonly Warning[];
  readonly publicUrl: () => string;
}

export function createAdmin(parts: Parts, rooms: Rooms, facts: AdminFacts): Admin {
  const { config, live, storage, stores, now, program } = parts;
  return new Admin({
    ...program,
    storage,
    dataDirectory: config.storage.data_dir,
    ...facts,
    checkup: createCheckup(parts, facts.publicUrl),
    survey: new QueueSurvey(stores.accounts, stores.messages, now),
    historyStore: stores.history,
    countConnections: () => rooms.registry.size,
    limits: () => toAdminLimits(live.current),
    now,
  });
}

function createCheckup({ live, secrets, storage, now, program }: Parts, publicUrl: () => string): Checkup {
  return new Checkup({
    async createChecks() {
      const { createAllChecks } = await import('./doctor/create-checks.ts');
      const { checkRedis } = await import('./doctor/redis-check.ts');
      const { file, warnings = [] } = program.loaded?.() ?? {};
      // With port 0 only the running server knows its address.
      const config = { ...live.current, server: { ...live.current.server, public_url: publicUrl() } };
      return createAllChecks({
        loaded: { config, secrets, file, warnings },
        build: program.build,
        now,
        checkRedis: () => checkRedis(storage.connection, config, now),
      });
    },
    now,
  });
}

/** @param lastQueued what waits in all queues, on the node that has looked */
export function createHistory(
  { storage, stores, log, now }: Parts,
  rooms: Rooms,
  lastQueued: () => number | undefined,
): History {
  return new History({
    store: stores.history,
    activity: rooms.activity,
    countConnections: () => rooms.registry.size,
    async measureSystem() {
      const queued = lastQueued();
      if (queued === undefined) return undefined;
      const { memoryBytes } = await storage.inspect();
      return { queued, ...(memoryBytes !== undefined && { storageBytes: memoryBytes }) };
    },
    log,
    now,
  });
}
