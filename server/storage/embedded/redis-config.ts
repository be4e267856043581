/** What a redis-server of ours is started with. */
export interface RedisSettings {
  readonly directory: string;
  readonly socketPath: string;
  readonly maxMemoryBytes: number;
  readonly fsync: 'always' | 'everysec';
}

/** Nobody but Vant talks to this Redis, and Vant never needs these: most of them empty it, stop it or block it. */
const DISABLED_COMMANDS = [
  'FLUSHALL',
  'FLUSHDB',
  'SWAPDB',
  'SHUTDOWN',
  'DEBUG',
  'REPLICAOF',
  'SLAVEOF',
  'KEYS',
  'MODULE',
];

/** The text of redis.conf. Understood by Redis and Valkey from 7.0 on. */
export function writeRedisConfig(settings: RedisSettings): string {
  const lines = [
    // Reachable through the socket only, and the socket by its owner only.
    'port 0',
    `unixsocket ${quote(settings.socketPath)}`,
    'unixsocketperm 700',
    'daemonize no',
    'supervised no',
    `dir ${quote(settings.directory)}`,
    'databases 1',
    // Every write goes to the append-only file; there are no snapshots besides.
    'appendonly yes',
    `appendfsync ${settings.fsync}`,
    'no-appendfsync-on-rewrite no',
    'save ""',
    // A kill in the middle of a write leaves half a command at the end, which was never acknowledged.
    'aof-load-truncated yes',
    'aof-use-rdb-preamble yes',
    // Ciphertext does not compress; and what is not compressed can be searched for what should not be there.
    'rdbcompression no',
    // A stream keeps several entries in one block of memory, and a deleted one stays in it (and goes to the file with it) until
    // all others of its block are deleted, too. One entry to a block: deleted means gone.
    'stream-node-max-entries 1',
    // Acknowledged envelopes leave the file when it is rewritten; besides these, the rewriter asks for it by the clock.
    'auto-aof-rewrite-percentage 100',
    'auto-aof-rewrite-min-size 16mb',
    // When full, refuse the sender. Evicting would delete messages in silence.
    `maxmemory ${settings.maxMemoryBytes}`,
    'maxmemory-policy noeviction',
    'loglevel notice',
    'logfile ""',
    'always-show-logo no',
    ...DISABLED_COMMANDS.map((name) => `rename-command ${name} ""`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Redis parses double-quoted values with C escapes. */
const quote = (value: string) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
