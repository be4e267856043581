/** The Redis of the server on this machine, looked at from beside it. */
import type { LoadedConfig } from '../../config/load.ts';
import { failure, warning, type Finding } from '../../server/doctor/check.ts';
import { checkRedis } from '../../server/doctor/redis-check.ts';
import { toStorageOptions } from '../../server/storage-options.ts';
import { findRunning } from '../../server/storage/open-beside.ts';
import { openStorage } from '../../server/storage/open.ts';
import { StorageSetupError } from '../../server/storage/storage-setup-error.ts';

export async function checkRedisBeside({ config, secrets }: LoadedConfig): Promise<Finding> {
  const options = toStorageOptions(config, secrets);
  if (options.mode === 'embedded') {
    const running = await findRunning(options);
    if (running === undefined) {
      return warning(
        `no server runs with ${config.storage.data_dir}, and its Redis with it`,
        'Start the server (systemctl start vant, or vant serve), and run this as its user with its configuration.',
      );
    }
    return await checkRedis(running.connection, config, Date.now).finally(() => running.close());
  }
  try {
    // Whatever is wrong is to be told in full, so nothing is refused here.
    const storage = await openStorage(
      { ...options, requireDurable: false },
      { log: ignore, onFatal: ignore, startTimeoutMs: START_TIMEOUT_MS },
    );
    return await checkRedis(storage.connection, config, Date.now).finally(() => storage.close());
  } catch (error) {
    if (error instanceof StorageSetupError) return failure(error.message, 'Mend it there, or correct redis.external.');
    throw error;
  }
}

/** Whoever asks is waiting. */
const START_TIMEOUT_MS = 4_000;

const ignore = (): void => undefined;
