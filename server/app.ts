/** The composition root: every room is built here, once, and given its collaborators. */
import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { describeOptions } from '../config/describe-options.ts';
import type { Config, Secrets } from '../config/schema.ts';
import { PROTOCOL_VERSION } from '../wire/limits.ts';
import type { AdminConfig, Warning } from '../wire/admin-schemas.ts';
import type { ServerInfo } from '../wire/schemas.ts';
import { AccountRecordSource } from './accounts/account-record-source.ts';
import { AccountDirectory } from './accounts/account-directory.ts';
import { Accounts } from './accounts/accounts.ts';
import { Registration } from './accounts/registration.ts';
import { Admin } from './admin/admin.ts';
import { History } from './admin/history.ts';
import { QueueSurvey } from './admin/queue-survey.ts';
import { describeBuild, type BuildInfo } from './build-info.ts';
import { AttachmentFiles } from './attachments/attachment-files.ts';
import { AttachmentRecordSource } from './attachments/attachment-record-source.ts';
import { Attachments } from './attachments/attachments.ts';
import { checkDirectory } from './attachments/directory-mark.ts';
import { DeviceAuthenticator } from './devices/device-authenticator.ts';
import { DeviceRecordSource } from './devices/device-record-source.ts';
import { Devices } from './devices/devices.ts';
import type { DeviceEvent } from './devices/device-events.ts';
import { CallRecordSource } from './calls/call-record-source.ts';
import { createTurn } from './calls/create-turn.ts';
import { createClientAddress } from './http/client-address.ts';
import { createHandlers } from './http/handlers.ts';
import { createHttpServer } from './http/http-server.ts';
import type { WebBundle } from './http/web-bundle.ts';
import { startMetricsServer } from './http/metrics-server.ts';
import { InviteRecordSource } from './invites/invite-record-source.ts';
import { Invites } from './invites/invites.ts';
import { KeyRecordSource } from './keys/key-record-source.ts';
import { PreKeys } from './keys/pre-keys.ts';
import { SenderCertificates } from './keys/sender-certificates.ts';
import { createPush } from './push/create-push.ts';
import type { PushBridge } from './push/push-bridge.ts';
import { PushRecordSource } from './push/push-record-source.ts';
import { RateRecordSource } from './limits/rate-record-source.ts';
import { createRateLimiters } from './limits/rate-limiters.ts';
import { LiveConfig } from './live-config.ts';
import { toAdminLimits, toAttachmentLimits, toCallSettings, toFileLimits } from './live-limits.ts';
import { Janitor } from './messages/janitor.ts';
import { QueueRecordSource } from './messages/queue-record-source.ts';
import { Activity } from './observability/activity.ts';
import { createHealth } from './observability/health.ts';
import { createLog, toLoggedAddress, type Log } from './observability/log.ts';
import { LogRecordSource } from './observability/log-record-source.ts';
import { NO_METRICS } from './observability/metrics.ts';
import { AccountRecords } from './records/account-records.ts';
import { ConnectionRecordSource, describeConnections } from './relay/connection-record-source.ts';
import { ConnectionRegistry } from './relay/connection-registry.ts';
import { Gateway } from './relay/gateway.ts';
import { Relay } from './relay/relay.ts';
import { Submission } from './relay/submission.ts';
import { createStorageKeys } from './storage/keys.ts';
import { openStorage, type Storage } from './storage/open.ts';
import { createStores, type Stores } from './storage/stores.ts';
import { toStorageOptions } from './storage-options.ts';
import { VERSION } from './version.ts';

/** After a restart everyone comes at once: what does not fit the kernel's queue waits a second for its second attempt. */
const LISTEN_BACKLOG = 4096;
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
}

/** What only the program around the server knows: it has read the configuration, and it is the build. */
export interface ProgramFacts {
  readonly build: BuildInfo;
  readonly describeConfig: () => AdminConfig;
  readonly configWarnings: () => readonly Warning[];
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
  /** Applies live options; the others are left as they are. */
  reconfigure(config: Config): void;
  /** Makes deleted envelopes leave the disk. */
  rewriteAof(): Promise<boolean>;
  /** Drains connections and stops everything in order. */
  stop(): Promise<void>;
}

export async function createApp(config: Config, secrets: Secrets, overrides: Overrides = {}): Promise<App> {
  const now = overrides.now ?? Date.now;
  const log = overrides.log ?? createLog({ level: config.log.level, isText: wantsText(config) });
  const live = new LiveConfig(config);
  live.follow(({ log: { level } }) => (log.level = level));
  const storage = await openStorage(toStorageOptions(config, secrets), {
    log: (level, message, details) => log[level](details ?? {}, message),
    onFatal: (error) => overrides.onFatal?.(error),
  });
  try {
    const stores = createStores(storage.connection, config.redis.key_prefix, overrides.expiryClockOffsetMs);
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
    });
  } catch (error) {
    await storage.close();
    throw error;
  }
}

interface Parts {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly live: LiveConfig;
  readonly storage: Storage;
  readonly stores: Stores;
  readonly log: Log;
  readonly now: () => number;
  readonly webBundle: WebBundle | undefined;
  readonly program: ProgramFacts;
}

async function assemble(parts: Parts): Promise<App> {
  const { config, live, storage, stores, log } = parts;
  const rooms = await createRooms(parts);
  const { relay, directory, invites, turn, push } = rooms;
  const history = createHistory(parts, rooms, () => janitor.lastQueued);
  const directoryWarning = await checkDirectory(config.attachments.directory, stores.attachmentDirectories);
  if (directoryWarning !== undefined) log.warn(directoryWarning);
  const startWarnings =
    directoryWarning === undefined ? [] : [{ message: directoryWarning, option: 'attachments.directory' }];
  const http = createTransports(parts, {
    ...rooms,
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
  const metricsServer = await startMetricsServer(config.metrics.listen, rooms.prometheus?.registry);
  await http.listen({ host: config.server.listen.host, port: config.server.listen.port, backlog: LISTEN_BACKLOG });
  await push.start();
  await turn.start();
  const publicUrl: string = findPublicUrl(config, http);
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
    reconfigure: (next) => live.replace(next),
    rewriteAof: () => storage.rewriteAof(),
    async stop() {
      await relay.drain(live.current.server.drain_timeout);
      await http.close();
      await metricsServer?.close();
      await push.stop();
      rooms.attachments.stop();
      await janitor.stop();
      await history.stop();
      // Late, because calls go on while the chat drains.
      await turn.stop();
      await storage.close();
    },
  };
}

type Rooms = Awaited<ReturnType<typeof createRooms>>;

/** @param lastQueued what waits in all queues, on the node that has looked */
function createHistory(
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

function createJanitor({ live, stores, log, now }: Parts, { activity, metrics, relay }: Rooms): Janitor {
  return new Janitor({
    accounts: stores.accounts,
    messages: stores.messages,
    lock: stores.janitorLock,
    messageTtlMs: () => live.current.relay.message_ttl,
    expired: (count) => {
      activity.expired += count;
      metrics.expiredEnvelopes.inc(count);
    },
    notify: (device, event) => relay.notify(device, event),
    log,
    now,
  });
}

type Limiters = ReturnType<typeof createRateLimiters>;

function createAttachments(
  { config, live, stores, log, now }: Pick<Parts, 'config' | 'live' | 'stores' | 'log' | 'now'>,
  limiters: Limiters,
): Attachments {
  const { directory } = config.attachments;
  return new Attachments({
    files: new AttachmentFiles(directory, () => toFileLimits(live.current), now),
    usage: stores.attachmentUsage,
    uploadsPerAccount: limiters.attachmentsPerAccount,
    limits: () => toAttachmentLimits(live.current),
    log,
    now,
  });
}

/** Only where it is wanted: the library is a part of the memory of an idle server. */
async function loadPrometheus() {
  return (await import('./observability/prometheus.ts')).createPrometheusMetrics();
}

/** The domain rooms and the relay. */
async function createRooms(parts: Parts) {
  const { config, secrets, live, stores, log, now } = parts;
  const prometheus = config.metrics.listen === undefined ? undefined : await loadPrometheus();
  const metrics = prometheus ?? NO_METRICS;
  const limiters = createRateLimiters(stores.rates, live, now);
  const directory = new AccountDirectory(stores.accounts, stores.accountEvents, now);
  const registry = new ConnectionRegistry();
  const activity = new Activity();
  // Rooms below the relay tell devices something through it; it is built after them.
  const notify = (device: string, event: DeviceEvent) => relay.notify(device, event);
  const preKeys = new PreKeys(stores.keys, directory, notify);
  const changes = limiters.pushChangesPerDevice;
  const push = await createPush({ config, secrets, live, stores, log, now, metrics, changes });
  const submission = new Submission({
    directory,
    store: stores.messages,
    registry,
    notify,
    mailArrived: (device, urgency) => relay.mailArrived(device, urgency),
    perDevice: limiters.sendPerDevice,
    perAccount: limiters.sendPerAccount,
    limits: () => toSubmissionLimits(live.current),
    activity,
    now,
  });
  const relay: Relay = new Relay({
    store: stores.messages,
    window: { maxEnvelopes: config.relay.delivery_window_envelopes, maxBytes: config.relay.delivery_window_bytes },
    registry,
    submission,
    bus: stores.deviceEvents,
    epochs: stores.epochs,
    directory,
    preKeys,
    waker: push,
    limits: () => toRelayLimits(live.current),
    metrics,
    activity,
    log,
    now,
  });
  const turn = createTurn(config, secrets, { directory, log, now });
  if (turn.counters !== undefined) prometheus?.observeTurn(turn.counters);
  return {
    metrics,
    activity,
    registry,
    prometheus,
    turn,
    limiters,
    directory,
    preKeys,
    push,
    relay,
    attachments: createAttachments({ config, live, stores, log, now }, limiters),
    certificates: await SenderCertificates.open(stores.serverKeys, now),
    ...createMemberRooms(parts, directory),
  };
}

/** Who there is, and how one comes and goes. */
function createMemberRooms({ live, stores, now }: Parts, directory: AccountDirectory) {
  return {
    invites: new Invites(stores.invites, () => toInvitePolicy(live.current), now),
    accounts: new Accounts(stores.accounts, stores.invites, directory, now),
    registration: new Registration(stores.accounts, stores.invites, () => live.current.limits.max_accounts, now),
    devices: createDevices({ live, stores, now }, directory),
  };
}

function createDevices({ live, stores, now }: Pick<Parts, 'live' | 'stores' | 'now'>, directory: AccountDirectory) {
  return new Devices({
    store: stores.accounts,
    provisioning: stores.provisioning,
    directory,
    maxDevices: () => live.current.limits.max_devices_per_account,
    now,
  });
}

interface AdminFacts {
  readonly history: History;
  readonly startWarnings: readonly Warning[];
  readonly publicUrl: () => string;
}

function createAdmin(parts: Parts, rooms: Rooms, facts: AdminFacts): Admin {
  const { config, live, storage, stores, now, program } = parts;
  return new Admin({
    ...program,
    storage,
    dataDirectory: config.storage.data_dir,
    ...facts,
    survey: new QueueSurvey(stores.accounts, stores.messages, now),
    historyStore: stores.history,
    countConnections: () => rooms.registry.size,
    limits: () => toAdminLimits(live.current),
    now,
  });
}

/** One source for each room that holds something about accounts: a new room adds its own here. */
function createRecords({ live, stores }: Parts, rooms: Rooms): AccountRecords {
  return new AccountRecords([
    new AccountRecordSource(stores.accounts),
    new DeviceRecordSource(stores.accounts),
    new KeyRecordSource(stores.keys),
    new QueueRecordSource(stores.messages, () => live.current.relay.message_ttl),
    new PushRecordSource(stores.push),
    new AttachmentRecordSource(stores.attachmentUsage),
    new InviteRecordSource(stores.invites),
    new RateRecordSource(
      stores.rates,
      Object.values(rooms.limiters).map(({ scope }) => scope),
    ),
    new ConnectionRecordSource(stores.liveRecords),
    new CallRecordSource(() => toCallSettings(live.current), rooms.turn),
    new LogRecordSource(() => live.current.log),
  ]);
}

/** HTTP and the door to the relay, on one listener. */
function createTransports(parts: Parts, rooms: Rooms & { readonly admin: Admin }): FastifyInstance {
  const { config, live, storage, log, webBundle } = parts;
  const { limiters, certificates, relay, devices, push } = rooms;
  const clientAddress = createClientAddress(config.server.trusted_proxies);
  const authenticator = new DeviceAuthenticator(rooms.directory);
  const http = createHttpServer({
    handlers: createHandlers({
      ...rooms,
      pushAddresses: push.addresses,
      records: createRecords(parts, rooms),
      serverInfo: () => ({ ...toServerInfo(live.current, certificates.trustRoot), push: push.info }),
      registrationsPerAddress: limiters.registrationsPerAddress,
      bundlesPerDevice: limiters.bundlesPerDevice,
      recordsPerAccount: limiters.recordsPerAccount,
    }),
    attachments: rooms.attachments,
    authenticator,
    clientAddress,
    requestsPerDevice: limiters.requestsPerDevice,
    requestsPerAddress: limiters.requestsPerAddress,
    health: createHealth(storage.connection, createStorageKeys(config.redis.key_prefix).health),
    metrics: rooms.metrics,
    activity: rooms.activity,
    log,
    webBundle,
  });
  const gateway = new Gateway({
    relay,
    authenticator,
    devices,
    clientAddress,
    connectsPerAddress: limiters.connectsPerAddress,
    log,
    logAddress: (address) => toLoggedAddress(address, config.log.addresses),
    maxFrameBytes: config.limits.max_devices_per_account * (config.relay.max_content + 64) + 4096,
  });
  http.server.on('upgrade', gateway.handleUpgrade);
  return http;
}

function wantsText({ log: { format } }: Config): boolean {
  return format === 'text' || (format === 'auto' && process.stdout.isTTY);
}

const portOf = (http: FastifyInstance): number => (http.server.address() as AddressInfo).port;

/** With port 0 only the running server knows. */
function findPublicUrl({ server: { listen, public_url } }: Config, http: FastifyInstance): string {
  return listen.port === 0 ? public_url.replace(/:0$/, `:${portOf(http)}`) : public_url;
}

const toSubmissionLimits = ({ relay }: Config) => ({
  maxContentBytes: relay.max_content,
  messageTtlMs: relay.message_ttl,
  queueMaxEnvelopes: relay.queue_max_envelopes,
});

const toRelayLimits = ({ relay, push }: Config) => ({
  maxConnections: relay.max_connections,
  maxConnectionsPerAddress: relay.max_connections_per_address,
  keepaliveMs: relay.keepalive,
  slowReaderTimeoutMs: relay.slow_reader_timeout,
  acknowledgeWithinMs: push.acknowledge_within,
  maxContentBytes: relay.max_content,
  messageTtlMs: relay.message_ttl,
});

const toInvitePolicy = ({ invites }: Config) => ({
  defaultTtlMs: invites.default_ttl,
  maxTtlMs: invites.max_ttl,
  mayMembersInvite: invites.allow_members,
});

function toServerInfo({ relay, limits, attachments }: Config, trustRoot: string): Omit<ServerInfo, 'push'> {
  return {
    name: 'vant',
    version: VERSION,
    protocolVersion: PROTOCOL_VERSION,
    trustRoot,
    maxContentBytes: relay.max_content,
    maxTtlSeconds: Math.floor(relay.message_ttl / 1000),
    maxDevicesPerAccount: limits.max_devices_per_account,
    maxAttachmentBytes: attachments.max_size,
    attachmentTtlSeconds: Math.floor(attachments.ttl / 1000),
  };
}
