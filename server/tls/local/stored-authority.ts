import { join } from 'node:path';
import { TLS_DIRECTORY, readState } from '../file-state-store.ts';

/** What devices trust. */
export interface StoredAuthority {
  /** PEM */
  readonly cert: string;
  readonly names: readonly string[];
}

/** Of a server with a Redis of its own; others keep it there. @throws Error when this user may not read it */
export function readStoredAuthority(dataDirectory: string): StoredAuthority | undefined {
  const text = readState(join(dataDirectory, TLS_DIRECTORY), 'authority');
  return text === undefined ? undefined : (JSON.parse(text) as StoredAuthority);
}
