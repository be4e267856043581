import type { DirectoryMarks } from '../attachments/directory-mark.ts';
import type { RedisConnection } from './connection.ts';
import type { StorageKeys } from './keys.ts';

export class RedisDirectoryMarks implements DirectoryMarks {
  readonly #redis: RedisConnection;
  readonly #key: string;

  constructor(redis: RedisConnection, keys: StorageKeys) {
    this.#redis = redis;
    this.#key = keys.attachmentDirectory;
  }

  async exchange(mark: string): Promise<string | undefined> {
    const before = (await this.#redis.execute(this.#key, ['SET', this.#key, mark, 'GET'])) as Buffer | null;
    return before?.toString();
  }
}
