/** The configuration and the files that it names: what somebody would have to find again on a new machine. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { LoadedConfig } from '../../config/load.ts';
import { OPTION_ENTRIES } from '../../config/registry.ts';
import type { NamedFile } from './manifest.ts';

/** Certificates, keys and passwords are small; anything else is not what was meant. */
const MAX_FILE_BYTES = 1024 * 1024;

export interface ConfigFiles {
  /** Absent where the server runs without a file. */
  readonly config?: Uint8Array;
  readonly files: readonly (NamedFile & { readonly bytes: Uint8Array })[];
  /** Names of variables and credentials that gave a value. */
  readonly environment: readonly string[];
}

export function readConfigFiles(loaded: LoadedConfig, cwd: string): ConfigFiles {
  const configPath = loaded.file === undefined ? undefined : resolve(cwd, loaded.file);
  const baseDirectory = configPath === undefined ? cwd : dirname(configPath);
  const named = [...listSecretFiles(loaded), ...listOptionFiles(loaded)];
  return {
    ...(configPath !== undefined && { config: readFileSync(configPath) }),
    files: named.flatMap(({ option, path }) => {
      const bytes = readSmall(path);
      return bytes === undefined ? [] : [{ option, path: toStoredPath(path, baseDirectory), bytes }];
    }),
    environment: Object.values(loaded.sources).flatMap((source) => {
      if (source.kind === 'env') return [source.name];
      return source.kind === 'credential' ? [`systemd credential ${source.name}`] : [];
    }),
  };
}

function listSecretFiles({ sources }: LoadedConfig): NamedFile[] {
  return Object.entries(sources).flatMap(([option, source]) =>
    source.kind === 'secret-file' ? [{ option, path: source.path }] : [],
  );
}

/** `…_file`: certificates and their keys. A program or a directory is no such file. */
function listOptionFiles({ config }: LoadedConfig): NamedFile[] {
  return OPTION_ENTRIES.flatMap(({ path: option, segments }) => {
    if (!option.endsWith('_file')) return [];
    const value = segments.reduce<unknown>((at, segment) => (at as Record<string, unknown>)[segment], config);
    return typeof value === 'string' ? [{ option, path: value }] : [];
  });
}

function readSmall(path: string): Uint8Array | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.size <= MAX_FILE_BYTES ? readFileSync(path) : undefined;
}

function toStoredPath(path: string, baseDirectory: string): string {
  const below = relative(baseDirectory, path);
  return below.startsWith('..') ? path : below;
}
