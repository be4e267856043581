import { StorageSetupError } from '../storage-setup-error.ts';
import { examineBinary } from './examine-binary.ts';
import { findOnPath } from './find-on-path.ts';
import type { RedisBinary } from './binary.ts';

export interface FindOptions {
  /** From the configuration: used as it is, or refused. */
  readonly configuredPath?: string | undefined;
  readonly cacheDirectory: string;
  /** Told each step: what is tried, and why the former one did not do. */
  readonly report: (text: string) => void;
  readonly environment?: NodeJS.ProcessEnv | undefined;
}

/** @throws StorageSetupError when there is none and none could be had. */
export async function findRedisBinary(options: FindOptions): Promise<RedisBinary> {
  const environment = options.environment ?? process.env;
  for (const path of findOnPath(['redis-server', 'valkey-server'], environment)) {
    const found = await examineBinary(path, 'system', {});
    if (!('problem' in found)) return found;
    options.report(found.problem);
  }
  throw new StorageSetupError('There is no redis-server on this machine.');
}
