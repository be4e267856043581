/** What `vant doctor` and the check-up of the admin pages are made of: a list of checks, each of which looks at one thing and says how to
 * mend it. None changes anything. */
import type { LoadedConfig } from '../../config/load.ts';

export interface Finding {
  readonly status: 'ok' | 'warning' | 'error';
  /** What was seen. Never a secret, key or whole push address. */
  readonly seen: string;
  /** How to mend it; for all that is not ok. */
  readonly remedy?: string;
}

export interface Check {
  readonly name: string;
  /** The option in the YAML file that it is about. */
  readonly option: string;
  readonly run: () => Promise<Finding>;
}

/** TURN URLs and credentials to test instead of those of the configured server. */
export interface RelayOptions {
  readonly url?: readonly string[];
  readonly username?: string;
  readonly password?: string;
}

/** What checks need of a configuration that was read. */
export type CheckedConfig = Pick<LoadedConfig, 'config' | 'secrets' | 'file' | 'warnings'>;

export interface CheckContext {
  readonly loaded: CheckedConfig;
  readonly options?: RelayOptions;
}

export const ok = (seen: string): Finding => ({ status: 'ok', seen });
export const warning = (seen: string, remedy: string): Finding => ({ status: 'warning', seen, remedy });
export const failure = (seen: string, remedy: string): Finding => ({ status: 'error', seen, remedy });
