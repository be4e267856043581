import { statfs } from 'node:fs/promises';
import type { AdminCheckup, AdminConfig, AdminHistory, AdminStatus, Warning } from '../../wire/admin-schemas.ts';
import { VantError } from '../../wire/errors.ts';
import { isAdministrator, type Actor } from '../accounts/actor.ts';
import type { BuildInfo } from '../build-info.ts';
import type { Storage } from '../storage/open.ts';
import type { Checkup } from './checkup.ts';
import type { HistoryStore } from './history-store.ts';
import type { History } from './history.ts';
import type { QueueSurvey } from './queue-survey.ts';
import { findWarnings } from './warnings.ts';

export interface AdminLimits {
  readonly maxConnections: number;
  readonly maxAccounts: number;
  readonly queueMaxEnvelopes: number;
}

interface Collaborators {
  readonly build: BuildInfo;
  readonly storage: Storage;
  readonly dataDirectory: string;
  readonly checkup: Checkup;
  readonly survey: QueueSurvey;
  readonly history: History;
  readonly historyStore: HistoryStore;
  readonly countConnections: () => number;
  readonly publicUrl: () => string;
  readonly limits: () => AdminLimits;
  readonly describeConfig: () => AdminConfig;
  /** What was found when the server started. */
  readonly startWarnings: readonly Warning[];
  /** What was found when the configuration was read. */
  readonly configWarnings: () => readonly Warning[];
  readonly now: () => number;
}

/** What owners and admins see of the server: never of the members but how much waits for each. */
export class Admin {
  readonly #with: Collaborators;
  readonly #startedAt: number;

  constructor(collaborators: Collaborators) {
    this.#with = collaborators;
    this.#startedAt = collaborators.now();
  }

  /** @throws VantError FORBIDDEN */
  config(actor: Actor): AdminConfig {
    checkIsAdministrator(actor);
    return this.#with.describeConfig();
  }

  /** @throws VantError FORBIDDEN */
  async checkup(actor: Actor): Promise<AdminCheckup> {
    checkIsAdministrator(actor);
    return await this.#with.checkup.run();
  }

  /** @throws VantError FORBIDDEN */
  async history(actor: Actor, since = 0): Promise<AdminHistory> {
    checkIsAdministrator(actor);
    return await this.#with.historyStore.read(since, this.#with.now());
  }

  /** @throws VantError FORBIDDEN */
  async status(actor: Actor): Promise<AdminStatus> {
    checkIsAdministrator(actor);
    const { survey, history, countConnections, limits, now } = this.#with;
    const { maxConnections, maxAccounts, queueMaxEnvelopes } = limits();
    const { accounts, devices, envelopes, bytes, queues } = await survey.look();
    const status = {
      at: now(),
      server: this.#describeServer(),
      storage: await this.#describeStorage(),
      connections: { open: countConnections(), max: maxConnections },
      team: { accounts, maxAccounts, devices },
      queues: { envelopes, bytes, accounts: [...queues] },
      lastMinute: history.lastMinute,
    };
    return { ...status, warnings: [...this.#knownWarnings(), ...findWarnings(status, queueMaxEnvelopes)] };
  }

  #knownWarnings(): Warning[] {
    const { configWarnings, startWarnings, storage } = this.#with;
    return [...configWarnings(), ...startWarnings, ...storage.findings.map((message) => ({ message }))];
  }

  #describeServer(): AdminStatus['server'] {
    const { build, publicUrl, history, now } = this.#with;
    return {
      ...build,
      publicUrl: publicUrl(),
      startedAt: this.#startedAt,
      uptimeMs: Math.max(0, now() - this.#startedAt),
      residentBytes: process.memoryUsage.rss(),
      eventLoopDelayP99Ms: history.eventLoopDelayP99Ms,
    };
  }

  async #describeStorage(): Promise<AdminStatus['storage']> {
    const { storage, dataDirectory } = this.#with;
    return {
      mode: storage.mode,
      description: storage.description,
      isReady: storage.connection.isReady(),
      ...(await storage.inspect()),
      ...(await measureDisk(dataDirectory)),
    };
  }
}

function checkIsAdministrator(actor: Actor): void {
  if (!isAdministrator(actor)) throw new VantError('FORBIDDEN');
}

/** Nothing where there is no such directory: with an external Redis nobody needs it. */
async function measureDisk(
  directory: string,
): Promise<Pick<AdminStatus['storage'], 'diskFreeBytes' | 'diskTotalBytes'>> {
  try {
    const { bavail, blocks, bsize } = await statfs(directory);
    return { diskFreeBytes: bavail * bsize, diskTotalBytes: blocks * bsize };
  } catch {
    return {};
  }
}
