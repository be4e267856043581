/** What every part of the composition is given. */
import type { LoadedConfig } from '../config/load.ts';
import type { Config, Secrets } from '../config/schema.ts';
import type { AdminConfig, Warning } from '../wire/admin-schemas.ts';
import type { BuildInfo } from './build-info.ts';
import type { WebBundle } from './http/web-bundle.ts';
import type { LiveConfig } from './live-config.ts';
import type { Log } from './observability/log.ts';
import type { Storage } from './storage/open.ts';
import type { Stores } from './storage/stores.ts';

/** What only the program around the server knows: it has read the configuration, and it is the build. */
export interface ProgramFacts {
  readonly build: BuildInfo;
  readonly describeConfig: () => AdminConfig;
  readonly configWarnings: () => readonly Warning[];
  /** As it was read last. Absent where the program has read no file. */
  readonly loaded?: () => Pick<LoadedConfig, 'file' | 'warnings'>;
}

export interface Parts {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly live: LiveConfig;
  readonly storage: Storage;
  readonly stores: Stores;
  readonly log: Log;
  readonly now: () => number;
  readonly webBundle: WebBundle | undefined;
  readonly program: ProgramFacts;
  /** File of the program that answers test calls. */
  readonly echoProgram: string | undefined;
}
