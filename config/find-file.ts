import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

export const CONFIG_FILE_NAME = 'vant.config.yaml';
export const SYSTEM_CONFIG_FILE = `/etc/vant/${CONFIG_FILE_NAME}`;

export interface Search {
  /** The value of `--config`. */
  readonly configFile?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The last place to look; tests name another. */
  readonly systemFile?: string | undefined;
}

export interface FoundFile {
  readonly absolutePath: string;
  /** As the admin would type it: what errors print. */
  readonly shownPath: string;
}

/** `--config`, `VANT_CONFIG`, ./vant.config.yaml, /etc/vant/vant.config.yaml, or none. A named file need not exist: reading it says so. */
export function findConfigFile(search: Search): FoundFile | undefined {
  const named = search.configFile ?? emptyToUndefined(search.env['VANT_CONFIG']);
  if (named !== undefined) return { absolutePath: resolve(search.cwd, named), shownPath: named };
  const here = resolve(search.cwd, CONFIG_FILE_NAME);
  if (existsSync(here)) return { absolutePath: here, shownPath: CONFIG_FILE_NAME };
  const system = search.systemFile ?? SYSTEM_CONFIG_FILE;
  return existsSync(system) ? { absolutePath: system, shownPath: system } : undefined;
}

function emptyToUndefined(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
