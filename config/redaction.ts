import { SECRET_ENTRIES } from './registry.ts';

/** Names whose values no log may hold, for the logger's own redaction: a second fence behind the class Secret. */
export const REDACTED_NAMES: readonly string[] = SECRET_ENTRIES.flatMap(({ path, envName }) => [path, envName]);
