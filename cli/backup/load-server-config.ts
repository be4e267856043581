import { loadConfig, type LoadedConfig } from '../../config/load.ts';

/** As `vant serve` finds it. @throws ConfigError */
export const loadServerConfig = ({ config }: { readonly config?: string }, cwd = process.cwd()): LoadedConfig =>
  loadConfig({ cwd, ...(config !== undefined && { configFile: config }) });
