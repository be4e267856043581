import type { RedisReply } from './connection.ts';
import type { ExternalTarget } from './options.ts';
import { errorCodeOf } from './storage-error.ts';

export interface Finding {
  /** `unusable`: Vant cannot work with it. `unsafe`: it could lose messages. `unknown`: it could not be looked at. `advice`: it
   * works, and could do better. */
  readonly severity: 'unusable' | 'unsafe' | 'unknown' | 'advice';
  /** What was seen, why it matters, what mends it. */
  readonly message: string;
}

export interface CheckedConnection {
  execute(key: string, command: readonly string[]): Promise<RedisReply>;
  executeOnPrimaries(command: readonly string[]): Promise<RedisReply[]>;
}

export interface CheckResult {
  readonly version: string;
  readonly findings: readonly Finding[];
}

const OLDEST_MAJOR_VERSION = 7;
const PROBE_KEY = 'vant:{check}';
/** One of each kind of command that the stores use. They leave nothing behind. */
const PROBES: readonly (readonly string[])[] = [
  ['SET', PROBE_KEY, '1', 'PX', '1000'],
  ['GET', PROBE_KEY],
  ['DEL', PROBE_KEY],
  ['HGETALL', PROBE_KEY],
  ['XRANGE', PROBE_KEY, '-', '+'],
  ['EVAL', 'return 1', '1', PROBE_KEY],
  ['SPUBLISH', PROBE_KEY, ''],
  ['SCAN', '0', 'COUNT', '1'],
];

/** Looks at a Redis that others run, once at the start: each primary is asked. */
export async function checkExternalRedis(
  connection: CheckedConnection,
  kind: ExternalTarget['kind'],
): Promise<CheckResult> {
  const infos = await askAll(connection, ['INFO', 'everything']);
  const policies = await askAll(connection, ['CONFIG', 'GET', 'maxmemory-policy']);
  const fsyncs = await askAll(connection, ['CONFIG', 'GET', 'appendfsync']);
  const blockSizes = await askAll(connection, ['CONFIG', 'GET', 'stream-node-max-entries']);
  const texts = infos.map((info) => (info === undefined ? '' : String(info)));
  const findings = [
    ...texts.flatMap((text, node) => checkNode(text, configValue(policies[node]))),
    ...checkFsync(fsyncs.map(configValue)),
    ...checkBlockSize(blockSizes.map(configValue)),
    ...(kind === 'url' ? texts.flatMap(checkMode) : []),
  ];
  // Commands on a server of the wrong kind would only say so in worse words.
  if (!findings.some(({ severity }) => severity === 'unusable')) findings.push(...(await checkRights(connection)));
  return { version: field(texts[0] ?? '', 'redis_version') ?? 'of unknown version', findings: unique(findings) };
}

function checkNode(info: string, policyFromConfig: string | undefined): Finding[] {
  if (info === '')
    return [
      unknown(
        'INFO is forbidden for this user, so version and persistence were not checked. ACL SETUSER <user> +info allows it.',
      ),
    ];
  const policy = policyFromConfig ?? field(info, 'maxmemory_policy');
  return [...checkVersion(info), ...checkRole(info), ...checkPersistence(info), ...checkPolicy(policy)];
}

function checkVersion(info: string): Finding[] {
  // Valkey reports 7.2 here for ever, which is what it is compatible with.
  const version = field(info, 'redis_version') ?? '';
  if (Number(version.split('.')[0]) >= OLDEST_MAJOR_VERSION) return [];
  return [
    unusable(
      `It is version ${version}, and Vant needs sharded publish/subscribe, which came with ${OLDEST_MAJOR_VERSION}.0: upgrade it.`,
    ),
  ];
}

function checkRole(info: string): Finding[] {
  const role = field(info, 'role');
  if (role === undefined || role === 'master') return [];
  return [unusable(`It is a ${role}, which takes no writes: give the address of the primary, or use Sentinel.`)];
}

function checkPersistence(info: string): Finding[] {
  if (field(info, 'aof_enabled') !== '1') {
    return [
      unsafe(
        'appendonly is "no", so a crash loses messages that were acknowledged: CONFIG SET appendonly yes, and CONFIG REWRITE.',
      ),
    ];
  }
  if (field(info, 'aof_last_write_status') === 'ok') return [];
  return [
    unusable(
      'It cannot write its append-only file (aof_last_write_status is not "ok"), so it refuses writes: look at its disk.',
    ),
  ];
}

function checkPolicy(policy: string | undefined): Finding[] {
  if (policy === 'noeviction') return [];
  if (policy === undefined)
    return [unknown('The eviction policy could not be read: make sure that maxmemory-policy is noeviction.')];
  return [
    unsafe(
      `maxmemory-policy is "${policy}", so a full memory deletes waiting messages in silence: ` +
        'CONFIG SET maxmemory-policy noeviction, and CONFIG REWRITE.',
    ),
  ];
}

function checkFsync(values: readonly (string | undefined)[]): Finding[] {
  if (values.includes('no')) {
    return [
      unsafe(
        'appendfsync is "no", so a power cut loses half a minute of messages: ' +
          'CONFIG SET appendfsync everysec (or always), and CONFIG REWRITE.',
      ),
    ];
  }
  if (!values.includes(undefined)) return [];
  return [
    unknown(
      'CONFIG is forbidden for this user, so appendfsync was not checked: make sure that it is "always" or "everysec".',
    ),
  ];
}

function checkBlockSize(values: readonly (string | undefined)[]): Finding[] {
  if (values.every((value) => value === undefined || value === '1')) return [];
  return [
    {
      severity: 'advice',
      message:
        'A deleted envelope stays in memory and file until its neighbours of the same block are deleted, too: ' +
        'CONFIG SET stream-node-max-entries 1, and CONFIG REWRITE, makes deleted mean gone.',
    },
  ];
}

function checkMode(info: string): Finding[] {
  if (field(info, 'redis_mode') !== 'cluster') return [];
  return [
    unusable('It is a node of a cluster: list the nodes under redis.external.cluster.nodes instead of giving a URL.'),
  ];
}

async function checkRights(connection: CheckedConnection): Promise<Finding[]> {
  const forbidden: string[] = [];
  for (const command of PROBES) {
    try {
      await connection.execute(PROBE_KEY, command);
    } catch (error) {
      if (errorCodeOf(error) === 'NOPERM') forbidden.push(command[0] ?? '');
      else throw error;
    }
  }
  if (forbidden.length === 0) return [];
  const rules = '~* &* +@all -@admin -@dangerous +info';
  return [
    unusable(
      `Its user may not run ${forbidden.join(', ')}, which Vant needs: ACL SETUSER <user> ${rules}, and ACL SAVE.`,
    ),
  ];
}

/** One answer for each primary; undefined where the user may not ask. */
async function askAll(connection: CheckedConnection, command: readonly string[]): Promise<(RedisReply | undefined)[]> {
  try {
    return await connection.executeOnPrimaries(command);
  } catch (error) {
    // Managed services know no CONFIG at all.
    if (errorCodeOf(error) === 'NOPERM' || errorCodeOf(error) === 'ERR') return [undefined];
    throw error;
  }
}

function configValue(reply: RedisReply | undefined): string | undefined {
  return Array.isArray(reply) && reply[1] !== undefined ? String(reply[1]) : undefined;
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
}

const unusable = (message: string): Finding => ({ severity: 'unusable', message });
const unsafe = (message: string): Finding => ({ severity: 'unsafe', message });
const unknown = (message: string): Finding => ({ severity: 'unknown', message });

/** The nodes of a cluster are mostly alike. */
function unique(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [finding.message, finding])).values()];
}
