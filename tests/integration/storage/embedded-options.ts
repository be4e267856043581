import { join } from 'node:path';
import type { EmbeddedOptions } from '../../../server/storage/options.ts';

/** As the sample configuration has it; the program is unpacked once for all tests. */
export function embeddedOptions(dataDirectory: string, overrides: Partial<EmbeddedOptions> = {}): EmbeddedOptions {
  return {
    mode: 'embedded',
    dataDirectory,
    cacheDirectory: join(import.meta.dirname, '..', '..', '..', '.build', 'test-cache'),
    maxMemoryBytes: 256 * 1024 * 1024,
    fsync: 'always',
    aofRewriteIntervalMs: 3_600_000,
    ...overrides,
  };
}
