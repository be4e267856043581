import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ConfigError } from '../../../config/config-error.ts';
import { loadConfig, type LoadedConfig, type LoadOptions } from '../../../config/load.ts';

/** An empty directory that is gone after the test. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'vant-config-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function writeIn(directory: string, name: string, content: string | Uint8Array, mode = 0o600): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

export interface Setup extends Omit<LoadOptions, 'env'> {
  readonly env?: Record<string, string>;
}

/** Loads `yaml` as ./vant.config.yaml of an empty directory; undefined writes no file. */
export function load(yaml: string | Uint8Array | undefined, setup: Setup = {}): LoadedConfig {
  const cwd = setup.cwd ?? makeDirectory();
  if (yaml !== undefined) writeIn(cwd, 'vant.config.yaml', yaml);
  return loadConfig({ env: {}, systemFile: '/nonexistent/vant.config.yaml', ...setup, cwd });
}

/** The error that loading `yaml` gives. */
export function loadError(yaml: string | Uint8Array | undefined, setup: Setup = {}): ConfigError {
  try {
    load(yaml, setup);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The configuration was expected to be wrong, and it loads.');
}

/** `option: message` of every problem. */
export function problemsOf(yaml: string | undefined, setup: Setup = {}): string[] {
  return loadError(yaml, setup).problems.map(({ option, message }) => `${option ?? '-'}: ${message}`);
}

export function warningsOf(loaded: LoadedConfig): string[] {
  return loaded.warnings.map(({ option, message }) => `${option ?? '-'}: ${message}`);
}

const NOBODY_UID = 65_534;

/** Root may read everything: tests of permissions run as somebody else. */
export function asNobody<T>(run: () => T): T {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(NOBODY_UID);
  try {
    return run();
  } finally {
    process.seteuid?.(0);
  }
}
