import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EmbeddedOptions, Log } from '../options.ts';
import { StorageSetupError } from '../storage-setup-error.ts';
import { DirectoryLock } from './directory-lock.ts';
import { findRedisBinary } from './find-redis-binary.ts';
import { removeRunRecord, stopOrphans, writeRunRecord } from './orphan.ts';
import { writeRedisConfig } from './redis-config.ts';
import { findParentDeathLauncher } from './parent-death.ts';
import { refuseForeignOwner } from './refuse-foreign-owner.ts';
import { createSocketPath } from './runtime-directory.ts';
import { RedisSupervisor, type RestartPolicy } from './supervisor.ts';

export interface EmbeddedHooks {
  readonly log: Log;
  /** Redis does not come up any more: nothing but a restart of Vant, after mending, helps. */
  readonly onFatal: (error: StorageSetupError) => void;
  readonly restart?: Partial<RestartPolicy> | undefined;
  /** Whether Redis ends when Vant is killed, where the system can do that. Default: true. */
  readonly endsWithVant?: boolean | undefined;
}

export interface EmbeddedRedis {
  readonly socketPath: string;
  /** The directory that holds the append-only file. */
  readonly directory: string;
  readonly binaryVersion: string;
  pid(): number | undefined;
  /** Stops Redis in order and gives the data directory free. */
  stop(): Promise<void>;
}

/** Makes the data directory ours, ends what is left of an earlier run, and runs a redis-server in it.
 * @throws StorageSetupError with what to do. */
export async function startEmbeddedRedis(options: EmbeddedOptions, hooks: EmbeddedHooks): Promise<EmbeddedRedis> {
  refuseForeignOwner(options.dataDirectory);
  const directory = makePrivateDirectory(join(options.dataDirectory, 'redis'), options.dataDirectory);
  const lock = DirectoryLock.acquire(options.dataDirectory);
  try {
    await stopOrphans(directory, hooks.log);
    return await startIn(directory, lock, options, hooks);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startIn(directory: string, lock: DirectoryLock, options: EmbeddedOptions, hooks: EmbeddedHooks) {
  const binary = await findRedisBinary({
    configuredPath: options.binaryPath,
    cacheDirectory: options.cacheDirectory ?? join(options.dataDirectory, 'cache'),
    report: (text) => hooks.log('info', text),
  });
  const socketPath = createSocketPath();
  const configPath = join(directory, 'redis.conf');
  const { maxMemoryBytes, fsync } = options;
  writeFileSync(configPath, writeRedisConfig({ directory, socketPath, maxMemoryBytes, fsync }), { mode: 0o600 });
  const onSpawn = (pid: number) => writeRunRecord(directory, { pid, socketPath });
  const launcher = hooks.endsWithVant === false ? [] : await findParentDeathLauncher();
  const supervisor = new RedisSupervisor({ binary, configPath, directory, socketPath, onSpawn, launcher, ...hooks });
  const cleanUp = () => {
    removeRunRecord(directory);
    rmSync(dirname(socketPath), { recursive: true, force: true });
  };
  try {
    await supervisor.start();
  } catch (error) {
    cleanUp();
    throw error;
  }
  return {
    socketPath,
    directory,
    binaryVersion: binary.version,
    pid: () => supervisor.pid,
    async stop() {
      await supervisor.stop();
      cleanUp();
      lock.release();
    },
  };
}

/** 0700 on both: whoever can enter the folder can copy the (encrypted) messages, their times and their addresses. */
function makePrivateDirectory(directory: string, dataDirectory: string): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const path of [dataDirectory, directory]) chmodSync(path, 0o700);
    return directory;
  } catch (error) {
    throw new StorageSetupError(
      `The data directory ${dataDirectory} cannot be written (${(error as Error).message}). ` +
        'It must be on a writable disk and belong to the user that runs Vant.',
      error,
    );
  }
}
