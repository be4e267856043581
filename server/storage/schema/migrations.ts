/** The form of what is stored, and how each form comes out of the one before. Once released, a migration never changes. */
import type { RedisConnection } from '../connection.ts';
import type { StorageKeys } from '../keys.ts';

export interface Migration {
  /** The form that it makes, out of the one before. */
  readonly to: number;
  /** For the log. */
  readonly what: string;
  /** Is run again from its beginning after a kill in the middle, so what it has done already must not harm. */
  run(redis: RedisConnection, keys: StorageKeys): Promise<void>;
}

/** In order. The first form, 1, is that of version 0.1.0: nothing leads to it. */
export const MIGRATIONS: readonly Migration[] = [];

export const FIRST_FORM = 1;
export const CURRENT_FORM = MIGRATIONS.at(-1)?.to ?? FIRST_FORM;
