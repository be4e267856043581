/** What `vant doctor` is made of: a list of checks, each of which looks at one thing and says how to mend it. */
import type { LoadedConfig } from '../../config/load.ts';
import type { CommonOptions } from '../run-command.ts';

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
  run(): Promise<Finding>;
}

export interface CheckOptions extends CommonOptions {
  /** TURN URLs and credentials to test instead of those of the configured server. */
  readonly url?: readonly string[];
  readonly username?: string;
  readonly password?: string;
}

export interface CheckContext {
  readonly loaded: LoadedConfig;
  /** Among them which identity of the terminal client to use, where a check needs one. */
  readonly options: CheckOptions;
}

export type CreateChecks = (context: CheckContext) => readonly Check[];

export const ok = (seen: string): Finding => ({ status: 'ok', seen });
export const warning = (seen: string, remedy: string): Finding => ({ status: 'warning', seen, remedy });
export const failure = (seen: string, remedy: string): Finding => ({ status: 'error', seen, remedy });
