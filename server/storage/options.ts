/** What the storage room is told. The config room makes it from YAML; units are in the names. */
export type StorageOptions = EmbeddedOptions | ExternalOptions;

export interface EmbeddedOptions {
  readonly mode: 'embedded';
  /** Vant's own data directory; Redis gets a folder inside it. */
  readonly dataDirectory: string;
  /** A redis-server or valkey-server to use, instead of looking for one. */
  readonly binaryPath?: string | undefined;
  /** Where a binary that had to be unpacked or built is kept. Default: inside the data directory. */
  readonly cacheDirectory?: string | undefined;
  readonly maxMemoryBytes: number;
  /** `always`: acknowledged means on disk. `everysec`: a power cut may cost the last two seconds. */
  readonly fsync: 'always' | 'everysec';
  readonly aofRewriteIntervalMs: number;
}

export interface ExternalOptions {
  readonly mode: 'external';
  readonly target: ExternalTarget;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: TlsOptions | undefined;
  /** Whether a server that could lose data is refused (true), or only warned about. */
  readonly requireDurable: boolean;
}

export type ExternalTarget =
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'sentinel';
      readonly primaryName: string;
      readonly nodes: readonly HostAndPort[];
      /** Credentials of the Sentinels themselves, which are not those of Redis. */
      readonly username?: string | undefined;
      readonly password?: string | undefined;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly HostAndPort[] };

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** PEM texts, not paths: the config room reads files. */
export interface TlsOptions {
  readonly isEnabled: boolean;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly serverName?: string | undefined;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where the room's own lines and Redis's go. */
export type Log = (level: LogLevel, message: string, details?: Readonly<Record<string, unknown>>) => void;
