/** What the admin page shows: state, history and configuration of the server. Owners and admins only. */
import { array, boolean, integer, number, object, oneOf, string, type Static } from './schema.ts';
import { AccountIdSchema, DeviceIdSchema, TimestampSchema } from './schemas.ts';

const bytes = (description: string) => integer({ minimum: 0, description: `bytes: ${description}` });
const count = (description: string) => integer({ minimum: 0, description });

const ServerStatusSchema = object(
  {
    version: string(),
    protocolVersion: integer(),
    nodeVersion: string({ description: 'of Node.js' }),
    publicUrl: string(),
    startedAt: TimestampSchema,
    uptimeMs: integer(),
    residentBytes: bytes('memory of this process'),
    eventLoopDelayP99Ms: number({ description: 'in the last whole minute; 0 in the first' }),
  },
  {
    commit: string({ description: 'of the source, if it is known' }),
    webBundle: string({ description: 'hash of the web app; absent when this build has none' }),
  },
);

const StorageStatusSchema = object(
  {
    mode: oneOf('embedded', 'external'),
    description: string({ description: 'which Redis, in a few words' }),
    isReady: boolean(),
  },
  {
    version: string({ description: 'of Redis' }),
    memoryBytes: bytes('what Redis holds; summed over the primaries of a cluster'),
    maxMemoryBytes: bytes('what it may hold; absent where there is no limit'),
    aofBytes: bytes('of the append-only file'),
    lastRewriteAt: { ...TimestampSchema, description: 'when deleted envelopes last left the disk' },
    lastRewriteSucceeded: boolean(),
    diskFreeBytes: bytes('free on the disk of storage.data_dir'),
    diskTotalBytes: bytes('size of that disk'),
  },
);

const QueueStatusSchema = object(
  { deviceId: DeviceIdSchema, envelopes: count('that wait'), bytes: bytes('about what they take in the database') },
  { oldestAt: { ...TimestampSchema, description: 'when the oldest of them was accepted' } },
);

const AccountQueuesSchema = object({
  accountId: AccountIdSchema,
  envelopes: count('that wait for all devices of the account'),
  bytes: bytes('about what they take'),
  devices: array(QueueStatusSchema),
});
export type AccountQueues = Static<typeof AccountQueuesSchema>;

const RatesSchema = object({
  accepted: count('envelopes accepted'),
  acceptedBytes: bytes('of accepted envelopes'),
  delivered: count('envelopes handed to connections'),
  expired: count('envelopes deleted because their time had passed'),
  requests: count('HTTP requests answered by this node'),
});

const WarningSchema = object(
  { message: string({ description: 'what is wrong and what mends it' }) },
  { option: string({ description: 'path in vant.config.yaml where it is mended' }) },
);
export type Warning = Static<typeof WarningSchema>;

export const AdminStatusSchema = object({
  at: TimestampSchema,
  server: ServerStatusSchema,
  storage: StorageStatusSchema,
  connections: object({ open: count('on this node'), max: count('relay.max_connections') }),
  team: object({
    accounts: count('of all roles'),
    maxAccounts: count('limits.max_accounts'),
    devices: count('of all'),
  }),
  queues: object({
    envelopes: count('that wait, of all devices'),
    bytes: bytes('about what they take'),
    accounts: array(AccountQueuesSchema, { description: 'those with waiting mail, the most first' }),
  }),
  lastMinute: { ...RatesSchema, description: 'what this node did in the last whole minute' },
  warnings: array(WarningSchema),
});
export type AdminStatus = Static<typeof AdminStatusSchema>;

export const HistoryPointSchema = object(
  {
    at: { ...TimestampSchema, description: 'the beginning of the minute or hour' },
    accepted: count('envelopes accepted in it'),
    acceptedBytes: bytes('of those'),
    delivered: count('envelopes handed to connections'),
    expired: count('envelopes deleted because their time had passed'),
    connections: count('open, summed over nodes; of an hour the highest minute, like all that follow'),
    residentBytes: bytes('memory of the processes, summed over nodes'),
    eventLoopDelayP99Ms: number({ description: 'of the worst node' }),
  },
  {
    queued: count('envelopes that wait'),
    storageBytes: bytes('memory of Redis'),
    latencyP50Ms: number({ description: 'from acceptance to acknowledgement, of devices that were connected' }),
    latencyP99Ms: number(),
  },
);
export type HistoryPoint = Static<typeof HistoryPointSchema>;

/** Minutes of the last 24 hours and hours of the last 30 days; what is not there was not measured: no server ran. */
export const AdminHistorySchema = object({ minutes: array(HistoryPointSchema), hours: array(HistoryPointSchema) });
export type AdminHistory = Static<typeof AdminHistorySchema>;

const CheckSchema = object(
  {
    check: string({ description: 'its name' }),
    option: string({ description: 'path in vant.config.yaml that it is about' }),
    status: oneOf('ok', 'warning', 'error'),
    seen: string({ description: 'what was seen' }),
    ms: integer({ description: 'how long it took' }),
  },
  { remedy: string({ description: 'how to mend it; absent when it is ok' }) },
);

/** What `vant doctor` prints, found by the server itself. */
export const AdminCheckupSchema = object({ at: TimestampSchema, checks: array(CheckSchema) });
export type AdminCheckup = Static<typeof AdminCheckupSchema>;

const ConfigSourceSchema = object(
  {
    kind: oneOf('default', 'unset', 'file', 'env', 'secret-file', 'credential'),
    text: string({ description: 'for a person: `vant.config.yaml:12`, `VANT_LOG_LEVEL`, `default`' }),
  },
  { file: string(), line: integer(), name: string({ description: 'of the environment variable or credential' }) },
);

const ConfigOptionSchema = object(
  {
    path: string({ description: 'in vant.config.yaml' }),
    environmentName: string(),
    description: string(),
    isSecret: boolean(),
    value: string({ description: 'in force, as it would be written in the file; of a secret only `set` or `not set`' }),
    source: ConfigSourceSchema,
    needsRestart: boolean({ description: 'whether a change takes effect only after a restart' }),
    since: string({ description: 'the version that knew it first' }),
  },
  { default: string() },
);

export const AdminConfigSchema = object(
  { options: array(ConfigOptionSchema) },
  { file: string({ description: 'the file that was read; absent when there is none' }) },
);
export type AdminConfig = Static<typeof AdminConfigSchema>;
