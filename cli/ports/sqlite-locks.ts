/** Locks between processes. SQLite's file locks do it, because the operating system frees them when their holder dies,
 * however it dies. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { LockPort } from '../../client/ports.ts';
import { isBusy } from './sqlite-busy.ts';

export function createSqliteLocks(directory: string): LockPort {
  return {
    async tryAcquire(name) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const path = join(directory, `${name}.lock`);
      closeSync(openSync(path, 'a', 0o600));
      const database = new DatabaseSync(path);
      try {
        database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
      } catch (error) {
        database.close();
        if (isBusy(error)) return undefined;
        throw error;
      }
      return () => database.close();
    },
  };
}
