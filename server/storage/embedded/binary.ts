/** A redis-server or valkey-server that runs on this machine. */
export interface RedisBinary {
  readonly path: string;
  /** What it needs in its environment, such as the place of unpacked libraries. */
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
  readonly origin: 'configured' | 'bundled' | 'system' | 'cached' | 'package' | 'built';
}
