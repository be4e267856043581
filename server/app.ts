/** The composition root: every room is built here, once, and given its collaborators. */
import { hostname } from 'node:os';
import { describeOptions } from '../config/describe-options.ts';
import type { Config, Secrets } from '../config/schema.ts';
import type { History } from './admin/history.ts';
import type { Parts, ProgramFacts } from './app-parts.ts';
import { checkDirectory } from './attachments/directory-mark.ts';
import { completeRestore } from './backup/pending-restore.ts';
import { describeBuild } from './build-info.ts';
import { createAdmin, createHistory } from './create-admin.ts';
import { createJanitor, createRooms } from './create-rooms.ts';
import { createTransports, findPublicUrl, openTls, portOf } from './create-transports.ts';
import { listen } from './http/listen.ts';
import { startMetricsServer } from './http/metrics-server.ts';
import type { WebBundle } from './http/web-bundle.ts';
import { watchClock } from './lifecycle/clock-check.ts';
import { LiveConfig } from './live-config.ts';
import type { Janitor } from './messages/janitor.ts';
import { createHealth, type Health } from './observability/health.ts';
import { chooseLogForm, type Log, createLog } from './observability/log.ts';
import type { PushBridge } from './push/push-bridge.ts';
import { describeConnections } from './relay/connection-record-source.ts';
import { toStorageOptions } from './storage-options.ts';
import { createStorageKeys } from './storage/keys.ts';
import { openStorage, type Storage } from './storage/open.ts';
import { bringUpToDate } from './storage/schema/bring-up-to-date.ts';
import { checkDirectoryForm, noteDirectoryForm } from './storage/schema/directory-form.ts';
import { createStores } from './storage/stores.ts';
import { VERSION } from './version.ts';

/** By which a member can tell two server processes apart. */
const NODE_NAME = `${hostname()}/${process.pid}`;

/** The test seam: what is not given is the real thing. */
export interface Overrides {
  readonly now?: () => number;
  readonly log?: Log;
  /** Ms added to Redis's clock when deciding what has expired. */
  readonly expiryClockOffsetMs?: number;
  /** The built web app; without it, a page says how to get it. */
  readonly webBundle?: WebBundle | undefined;
  /** Embedded Redis is gone for good: the process should end. */
  readonly onFatal?: (error: Error) => void;
  readonly program?: ProgramFacts;
  /** File of the program that answers test calls; without it there are none. */
  readonly echoProgram?: string;
}

export interface App {
  /** Where people reach it: the configured public URL, or localhost with the port in use. */
  readonly publicUrl: string;
  readonly port: number;
  readonly log: Log;
  /** One line about the Redis in use. */
  readonly storageDescription: string;
  /** The owner's link while there is no account yet. */
  readonly setupLink: string | undefined;
  readonly janitor: Janitor;
  readonly push: PushBridge;
  readonly history: History;
  readonly health: Health;
  /** Applies live options; the others are left as they are. */
  reconfigure(config: Config): void;
  /** Makes deleted envelopes leave the disk. */
  rewriteAof(): Promise<boolean>;
  /** Drains connections and stops everything in order. */
  stop(): Promise<void>;
}

export async function createApp(config: Config, secrets: Secrets, overrides: Overrides = {}): Promise<App> {
  const now = overrides.now ?? Date.now;
  const log = overrides.log ?? createLog({ level: config.log.level, ...chooseLogForm(config.log.format) });
  const live = new LiveConfig(config);
  live.follow(({ log: { level } }) => (log.level = level));
  checkDirectoryForm(config.storage.data_dir, VERSION);
  const storage = await openStorage(toStorageOptions(config, secrets), {
    log: (level, message, details) => log[level](details ?? {}, message),
    onFatal: (error) => overrides.onFatal?.(error),
  });
  try {
    const { key_prefix: prefix } = config.redis;
    const isRestored = await completeRestore({
      redis: storage.connection,
      prefix,
      dataDirectory: config.storage.data_dir,
    });
    if (isRestored) log.warn('A restore that was interrupted has been completed');
    await bringFormUpToDate(config, storage, log);
    const stores = createStores(storage.connection, prefix, overrides.expiryClockOffsetMs);
    const program = overrides.program ?? {
      build: describeBuild(),
      describeConfig: () => ({ options: describeOptions({ config: live.current, sources: {} }) }),
      configWarnings: () => [],
    };
    return await assemble({
      config,
      secrets,
      live,
      storage,
      stores,
      log,
      now,
      program,
      webBundle: overrides.webBundle,
      echoProgram: overrides.echoProgram,
    });
  } catch (error) {
    await storage.close();
    throw error;
  }
}

/** Before anything else is written. */
async function bringFormUpToDate({ redis, storage: { data_dir } }: Config, storage: Storage, log: Log): Promise<void> {
  await bringUpToDate({
    redis: storage.connection,
    keys: createStorageKeys(redis.key_prefix),
    version: VERSION,
    log: (level, message) => log[level](message),
  });
  if (redis.mode === 'embedded') noteDirectoryForm(data_dir, VERSION);
}

/** What an admin should know of, and no reason not to start. */
async function lookAround({ config, storage, stores, log, now }: Parts) {
  const directory = await checkDirectory(config.attachments.directory, stores.attachmentDirectories);
  const key = createStorageKeys(config.redis.key_prefix).clock;
  const clock = await watchClock({ redis: storage.connection, key, now, warn: (message) => log.warn(message) });
  const startWarnings = [
    ...(directory === undefined ? [] : [{ message: directory, option: 'attachments.directory' }]),
    ...(clock.warning === undefined ? [] : [{ message: clock.warning }]),
  ];
  for (const { message } of startWarnings) log.warn(message);
  return { startWarnings, clock };
}

async function assemble(parts: Parts): Promise<App> {
  const { config, live, storage, stores, log } = parts;
  const rooms = await createRooms(parts);
  const { relay, directory, invites, turn, push } = rooms;
  const history = createHistory(parts, rooms, () => janitor.lastQueued);
  const { startWarnings, clock } = await lookAround(parts);
  const health = createHealth(storage, createStorageKeys(config.redis.key_prefix).health);
  const tls = await openTls(parts, turn);
  const { http, sockets } = createTransports(parts, {
    ...{ ...rooms, tls, health },
    admin: createAdmin(parts, rooms, { history, startWarnings, publicUrl: () => publicUrl }),
  });
  await directory.start((accountId) => {
    relay.endRemoved(accountId).catch((err: unknown) => log.warn({ err }, 'Connections were not checked'));
    turn.endRemoved(accountId).catch((err: unknown) => log.warn({ err }, 'TURN credentials were not checked'));
  });
  const janitor: Janitor = createJanitor(parts, rooms);
  await stores.liveRecords.serve((accountId) => describeConnections(rooms.registry, NODE_NAME, accountId));
  // What expired while the server was off must not be delivered now.
  await janitor.sweep();
  janitor.start();
  history.start();
  rooms.attachments.start();
  const metricsServer = await startMetricsServer(config.metrics.listen, rooms.prometheus?.registry, sockets);
  await listen(http, config.server.listen, log);
  await push.start();
  await turn.start();
  rooms.echo.start(http.server);
  const publicUrl: string = findPublicUrl(config, http);
  await tls?.start(publicUrl);
  const isNew = (await stores.accounts.listIds()).length === 0;

  return {
    publicUrl,
    port: portOf(http),
    log,
    storageDescription: storage.description,
    setupLink: isNew ? `${publicUrl}/join#${await invites.createSetup()}` : undefined,
    janitor,
    push,
    history,
    health,
    reconfigure: (next) => live.replace(next),
    rewriteAof: () => storage.rewriteAof(),
    async stop() {
      await rooms.echo.stop();
      const drainedByMs = performance.now() + live.current.server.drain_timeout;
      await relay.drain(drainedByMs);
      sockets.endBy(drainedByMs);
      await tls?.stop();
      await http.close();
      await metricsServer?.close();
      await push.stop();
      rooms.attachments.stop();
      clock.stop();
      await janitor.stop();
      await history.stop();
      // Late, because calls go on while the chat drains.
      await turn.stop();
      await storage.close();
    },
  };
}
