/** One thing that `vant install` does, and how `vant uninstall` undoes it. */
import type { Config } from '../../config/schema.ts';
import type { Host } from './host.ts';

export interface Step {
  /** @returns what was done, for the admin; undefined: it was so already. */
  install(context: InstallContext): Promise<string | undefined>;
  /** @returns what was undone, or what was kept and how to remove it. */
  uninstall(context: UninstallContext): Promise<string | undefined>;
}

export interface InstallContext {
  readonly host: Host;
  /** The file that becomes the service's program. */
  readonly program: string;
  /** As the service will read it; from the step that writes it on. */
  config: Config | undefined;
}

export interface UninstallContext {
  readonly host: Host;
  /** Data, configuration and the user, too. */
  readonly purge: boolean;
}

export const PATHS = {
  program: '/usr/local/bin/vant',
  config: '/etc/vant/vant.config.yaml',
  configDirectory: '/etc/vant',
  data: '/var/lib/vant',
  cache: '/var/cache/vant',
  backups: '/var/backups/vant',
  units: '/etc/systemd/system',
  sysusers: '/etc/sysusers.d/vant.conf',
  tmpfiles: '/etc/tmpfiles.d/vant.conf',
} as const;

export const SERVICE_USER = 'vant';
