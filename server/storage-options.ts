import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Config, Secrets } from '../config/schema.ts';
import type { ExternalOptions, ExternalTarget, StorageOptions, TlsOptions } from './storage/options.ts';

/** From the words of the YAML file to those of the storage room. */
export function toStorageOptions(config: Config, secrets: Secrets): StorageOptions {
  const { mode, embedded } = config.redis;
  if (mode === 'external') return toExternalOptions(config, secrets);
  return {
    mode,
    dataDirectory: config.storage.data_dir,
    cacheDirectory: findCacheDirectory(process.env),
    binaryPath: embedded.binary === 'auto' ? undefined : embedded.binary,
    maxMemoryBytes: embedded.max_memory,
    fsync: embedded.fsync,
    aofRewriteIntervalMs: embedded.aof_rewrite_interval,
  };
}

function toExternalOptions({ redis: { external } }: Config, { redis: { external: secret } }: Secrets): ExternalOptions {
  return {
    mode: 'external',
    target: toTarget(external, secret.sentinel.password?.reveal()),
    username: external.username,
    password: secret.password?.reveal(),
    tls: toTls(external.tls),
    requireDurable: external.require_durable,
  };
}

type External = Config['redis']['external'];

/** config/rules-redis.ts has made sure that exactly one of the three is set. */
function toTarget({ url, sentinel, cluster }: External, password: string | undefined): ExternalTarget {
  if (url !== undefined) return { kind: 'url', url };
  if (cluster.nodes.length > 0) return { kind: 'cluster', nodes: cluster.nodes };
  const { master = '', nodes, username } = sentinel;
  return { kind: 'sentinel', primaryName: master, nodes, username, password };
}

function toTls(tls: External['tls']): TlsOptions {
  const read = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path, 'utf8'));
  return {
    isEnabled: tls.enabled,
    ca: read(tls.ca_file),
    cert: read(tls.cert_file),
    key: read(tls.key_file),
    serverName: tls.server_name,
  };
}

/** Where a redis-server that had to be unpacked or built is kept: systemd's choice, the desktop's, or the home directory. */
export function findCacheDirectory(env: NodeJS.ProcessEnv): string {
  return env['CACHE_DIRECTORY'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'vant');
}
