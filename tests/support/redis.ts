import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from './free-port.ts';
import { createTestDirectory, startRedisProcess, type RedisProcess } from './redis-process.ts';
import { until } from './until.ts';

export const DURABLE = [
  '--appendonly',
  'yes',
  '--appendfsync',
  'always',
  '--maxmemory-policy',
  'noeviction',
  '--stream-node-max-entries',
  '1',
  '--save',
  '',
];

/** One server as the documentation recommends it. */
export async function startSingleRedis(args: readonly string[] = DURABLE): Promise<RedisProcess> {
  return startRedisProcess({ args });
}

export interface TlsRedis extends RedisProcess {
  readonly ca: string;
  readonly username: string;
  readonly password: string;
}

/** TLS only, and an ACL user with the rights that the documentation lists (so no CONFIG). */
export async function startTlsRedis(): Promise<TlsRedis> {
  const directory = createTestDirectory();
  const { ca, cert, key } = createCertificate(directory);
  const [username, password] = ['vant', 'secret with spaces/@:'];
  const files = [
    '--tls-cert-file',
    cert,
    '--tls-key-file',
    key,
    '--tls-ca-cert-file',
    cert,
    '--tls-auth-clients',
    'no',
  ];
  const server = await startRedisProcess({ directory, tls: { ca }, args: [...DURABLE, ...files] });
  const rights = ['~*', '&*', '+@all', '-@admin', '-@dangerous', '+info'];
  await server.run('ACL', 'SETUSER', username, 'on', `>${password}`, ...rights);
  return { ...server, ca, username, password };
}

function createCertificate(directory: string) {
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(directory, name)) as [string, string];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-nodes', '-days', '2', ...curve, ...subject, '-keyout', key, '-out', cert],
    {
      stdio: 'ignore',
    },
  );
  return { ca: readFileSync(cert, 'utf8'), cert, key };
}

export interface SentinelRedis {
  readonly sentinelPort: number;
  readonly primary: RedisProcess;
  readonly replica: RedisProcess;
  stop(): Promise<void>;
}

export const SENTINEL_NAME = 'vant';

/** A primary, a replica, and one Sentinel that notices a death within half a second. */
export async function startSentinelRedis(): Promise<SentinelRedis> {
  const primary = await startRedisProcess({ args: DURABLE });
  const replicaOf = ['--replicaof', '127.0.0.1', `${primary.port}`, '--repl-diskless-sync-delay', '0'];
  const replica = await startRedisProcess({ args: [...DURABLE, ...replicaOf] });
  await until('the replica to be in step', async () =>
    /master_link_status:up/.test(String(await replica.run('INFO', 'replication'))),
  );
  const sentinel = await startRedisProcess({ isSentinel: true });
  await sentinel.admin(async (run) => {
    await run('SENTINEL', 'MONITOR', SENTINEL_NAME, '127.0.0.1', `${primary.port}`, '1');
    await run('SENTINEL', 'SET', SENTINEL_NAME, 'down-after-milliseconds', '500');
    await run('SENTINEL', 'SET', SENTINEL_NAME, 'failover-timeout', '2000');
  });
  await until(
    'Sentinel to know the replica',
    async () => String(await sentinel.run('SENTINEL', 'REPLICAS', SENTINEL_NAME)).includes(`${replica.port}`),
    15_000,
  );
  const stop = async () => {
    await Promise.all([sentinel, primary, replica].map((server) => server.stop()));
  };
  return { sentinelPort: sentinel.port, primary, replica, stop };
}

export interface ClusterRedis {
  readonly nodes: readonly RedisProcess[];
  /** Moves one slot with its keys from whichever node has it to another one. @returns the index of the new owner. */
  moveSlot(slot: number): Promise<number>;
  stop(): Promise<void>;
}

const SLOT_RANGES = [
  ['0', '5460'],
  ['5461', '10922'],
  ['10923', '16383'],
] as const;

/** Three primaries without replicas. */
export async function startClusterRedis(): Promise<ClusterRedis> {
  const nodes = await Promise.all(SLOT_RANGES.map(() => startClusterNode()));
  const ids = await Promise.all(nodes.map(async (node) => String(await node.run('CLUSTER', 'MYID'))));
  await Promise.all(nodes.map((node, index) => introduce(node, index, nodes[0]!)));
  await Promise.all(nodes.map((node) => until('the cluster to stand', () => isComplete(node), 20_000)));
  const owners = nodes.map((_, index) => index);
  const movedSlots = new Map<number, number>();
  return {
    nodes,
    async moveSlot(slot) {
      const from = movedSlots.get(slot) ?? SLOT_RANGES.findIndex(([, last]) => slot <= Number(last));
      const to = (from + 1) % owners.length;
      await moveSlot(slot, nodes, ids, from, to);
      movedSlots.set(slot, to);
      return to;
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

async function startClusterNode(): Promise<RedisProcess> {
  const busPort = await findFreePort();
  const cluster = ['--cluster-enabled', 'yes', '--cluster-port', `${busPort}`, '--cluster-node-timeout', '2000'];
  return startRedisProcess({ args: [...DURABLE, ...cluster] });
}

async function introduce(node: RedisProcess, index: number, first: RedisProcess): Promise<void> {
  const [from, to] = SLOT_RANGES[index]!;
  const busPort = /@(\d+)/.exec(String(await first.run('CLUSTER', 'NODES')))![1]!;
  await node.admin(async (run) => {
    await run('CLUSTER', 'SET-CONFIG-EPOCH', `${index + 1}`);
    await run('CLUSTER', 'ADDSLOTSRANGE', from, to);
    if (index > 0) await run('CLUSTER', 'MEET', '127.0.0.1', `${first.port}`, busPort);
  });
}

async function isComplete(node: RedisProcess): Promise<boolean> {
  const info = String(await node.run('CLUSTER', 'INFO'));
  const known = String(await node.run('CLUSTER', 'NODES'))
    .split('\n')
    .filter((line) => / connected \d/.test(line));
  return info.includes('cluster_state:ok') && known.length === SLOT_RANGES.length;
}

async function moveSlot(
  slot: number,
  nodes: readonly RedisProcess[],
  ids: readonly string[],
  from: number,
  to: number,
): Promise<void> {
  const [source, target] = [nodes[from]!, nodes[to]!];
  await target.run('CLUSTER', 'SETSLOT', `${slot}`, 'IMPORTING', ids[from]!);
  await source.run('CLUSTER', 'SETSLOT', `${slot}`, 'MIGRATING', ids[to]!);
  const keys = (await source.run('CLUSTER', 'GETKEYSINSLOT', `${slot}`, '1000')) as Buffer[];
  for (const key of keys) await source.run('MIGRATE', '127.0.0.1', `${target.port}`, key.toString(), '0', '2000');
  for (const node of [target, source, ...nodes]) await node.run('CLUSTER', 'SETSLOT', `${slot}`, 'NODE', ids[to]!);
}
