/** The client's store as one SQLite file. What a transaction has put is on the disk when it resolves, and nothing of it
 * when the process dies before. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { ListOptions, StoragePort, StorageTransaction, StoredRow } from '../../client/ports.ts';
import { isBusy } from './sqlite-busy.ts';

/** Another process holds the store for milliseconds at a time; a minute means that something is wrong with it. */
const BUSY_DEADLINE_MS = 60_000;
const BUSY_RETRY_MS = 4;
/** Above every character that keys are made of. */
const LAST_CHARACTER = '\x7f';

interface Statements {
  readonly get: StatementSync;
  readonly put: StatementSync;
  readonly delete: StatementSync;
  readonly list: StatementSync;
  readonly listDescending: StatementSync;
}

const LIST = 'SELECT key, value FROM records WHERE tbl = ? AND key > ? AND key >= ? AND key < ? AND key < ?';

export class SqliteStorage implements StoragePort {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  #queue: Promise<unknown> = Promise.resolve();

  /** Makes the file, readable by its owner only, and the folder of it. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // SQLite gives its -wal and -shm files the mode of this one.
    closeSync(openSync(path, 'a', 0o600));
    this.#database = openDatabase(path);
    this.#statements = {
      get: this.#database.prepare('SELECT value FROM records WHERE tbl = ? AND key = ?'),
      put: this.#database.prepare('INSERT OR REPLACE INTO records (tbl, key, value) VALUES (?, ?, ?)'),
      delete: this.#database.prepare('DELETE FROM records WHERE tbl = ? AND key = ?'),
      list: this.#database.prepare(`${LIST} ORDER BY key LIMIT ?`),
      listDescending: this.#database.prepare(`${LIST} ORDER BY key DESC LIMIT ?`),
    };
  }

  transaction<T>(work: (transaction: StorageTransaction) => Promise<T>): Promise<T> {
    const result = this.#queue.then(() => this.#run(work));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** After the transactions that were asked for. */
  async close(): Promise<void> {
    await this.#queue;
    this.#database.close();
  }

  async #run<T>(work: (transaction: StorageTransaction) => Promise<T>): Promise<T> {
    await this.#begin();
    const scope = { isOpen: true };
    try {
      const result = await work(this.#createTransaction(scope));
      scope.isOpen = false;
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      scope.isOpen = false;
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** SQLite's own waiting would block the thread, and with it the holder of the lock, should that be in this process. */
  async #begin(): Promise<void> {
    const deadline = Date.now() + BUSY_DEADLINE_MS;
    for (;;) {
      try {
        this.#database.exec('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        if (!isBusy(error) || Date.now() > deadline) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, BUSY_RETRY_MS * (1 + Math.random())));
    }
  }

  #createTransaction(scope: { isOpen: boolean }): StorageTransaction {
    const { get, put, delete: remove, list, listDescending } = this.#statements;
    const ensureOpen = (): void => {
      if (!scope.isOpen) throw new Error('the transaction has ended');
    };
    return {
      async get(table, key) {
        ensureOpen();
        const row = get.get(table, key);
        return row === undefined ? undefined : toBytes(row['value']);
      },
      async put(table, key, value) {
        ensureOpen();
        put.run(table, key, value);
      },
      async delete(table, key) {
        ensureOpen();
        remove.run(table, key);
      },
      async list(table, options = {}) {
        ensureOpen();
        const statement = options.isDescending === true ? listDescending : list;
        return statement.all(...toParameters(table, options)).map(toRow);
      },
    };
  }
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  // Deleted keys and messages leave no trace in the file.
  database.exec('PRAGMA secure_delete = ON');
  database.exec(
    'CREATE TABLE IF NOT EXISTS records (tbl TEXT, key TEXT, value BLOB NOT NULL, PRIMARY KEY (tbl, key)) WITHOUT ROWID',
  );
  database.exec('PRAGMA busy_timeout = 0');
  return database;
}

function toParameters(table: string, options: ListOptions) {
  const { prefix = '', after = '', before = LAST_CHARACTER, limit = -1 } = options;
  return [table, after, prefix, prefix + LAST_CHARACTER, before, limit] as const;
}

function toRow(row: Record<string, unknown>): StoredRow {
  return { key: String(row['key']), value: toBytes(row['value']) };
}

function toBytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new Error('the store holds something that is not bytes');
  return value;
}
