/** The store in real IndexedDB: the contract of all stores, and what only this one has to withstand. */
import { afterEach, describe, expect, it } from 'vitest';
import type { StoragePort } from '../../../client/ports.ts';
import { createStore, StorageError } from '../../../client/storage/store.ts';
import { readRevision, StoreChangedError, StoreGoneError } from '../../../webui/engine/ports/database.ts';
import { describeStorageContract } from '../../unit/client/storage-contract.ts';
import { bytes, openHandle, removeDatabase } from './support.ts';

describeStorageContract('IndexedDB', async () => {
  const { storage } = await openHandle();
  return { storage, openAnother: async () => (await openHandle()).storage, close: removeDatabase };
});

describe('records at rest', () => {
  afterEach(removeDatabase);

  it('are encrypted, and differ each time', async () => {
    const { storage, database } = await openHandle();
    const text = new TextEncoder().encode('the launch code');
    const read = async (): Promise<string> =>
      new TextDecoder('latin1').decode(await database.get('records', ['t', 'a']));
    await storage.transaction((tx) => tx.put('t', 'a', text));
    const first = await read();
    await storage.transaction((tx) => tx.put('t', 'a', text));
    expect(first).not.toContain('launch');
    expect(await read()).not.toBe(first);
  });

  it('are refused when a bit was changed', async () => {
    const { storage, database } = await openHandle();
    await storage.transaction((tx) => tx.put('t', 'a', bytes(1, 2, 3)));
    const record = (await database.get('records', ['t', 'a']))!;
    record[record.length - 1]! ^= 1;
    await database.put('records', record, ['t', 'a']);
    const { storage: fresh } = await openHandle();
    await expect(fresh.transaction((tx) => tx.get('t', 'a'))).rejects.toThrow(DOMException);
    await expect(fresh.transaction((tx) => tx.list('t'))).rejects.toThrow(DOMException);
  });

  it('are refused at another place', async () => {
    const { storage, database } = await openHandle();
    await storage.transaction((tx) => tx.put('t', 'a', bytes(1, 2, 3)));
    const record = (await database.get('records', ['t', 'a']))!;
    await database.put('records', record, ['t', 'b']);
    await database.put('records', record, ['u', 'a']);
    const { storage: fresh } = await openHandle();
    await expect(fresh.transaction((tx) => tx.get('t', 'b'))).rejects.toThrow(DOMException);
    await expect(fresh.transaction((tx) => tx.get('u', 'a'))).rejects.toThrow(DOMException);
    expect(await fresh.transaction((tx) => tx.get('t', 'a'))).toEqual(bytes(1, 2, 3));
  });
});

describe('two tabs', () => {
  afterEach(removeDatabase);

  const read = (storage: StoragePort): Promise<Uint8Array | undefined> => storage.transaction((tx) => tx.get('t', 'a'));

  it('see what the other one has written, though they remember what they have read', async () => {
    const [one, other] = [await openHandle(), await openHandle()];
    await one.storage.transaction((tx) => tx.put('t', 'a', bytes(1)));
    expect(await read(other.storage)).toEqual(bytes(1));
    await one.storage.transaction((tx) => tx.put('t', 'a', bytes(2)));
    expect(await read(other.storage)).toEqual(bytes(2));
    await one.storage.transaction((tx) => tx.delete('t', 'a'));
    expect(await read(other.storage)).toBeUndefined();
    expect(await other.storage.transaction((tx) => tx.list('t'))).toEqual([]);
    await one.storage.transaction((tx) => tx.put('t', 'b', bytes(3)));
    expect(await other.storage.transaction((tx) => tx.list('t'))).toEqual([{ key: 'b', value: bytes(3) }]);
  });

  it('do no harm when the lock of a frozen one was taken away', async () => {
    // Grants at once, as if the lock had been stolen.
    const frozen = await openHandle({
      request: (_name: string, _options: unknown, work: () => unknown) => work(),
    } as never);
    const other = await openHandle();
    const isReading = Promise.withResolvers<undefined>();
    const thaw = Promise.withResolvers<undefined>();
    const late = frozen.storage.transaction(async (tx) => {
      await tx.get('t', 'a');
      isReading.resolve(undefined);
      await thaw.promise;
      await tx.put('t', 'a', bytes(1));
    });
    await isReading.promise;
    await other.storage.transaction((tx) => tx.put('t', 'a', bytes(2)));
    thaw.resolve(undefined);
    await expect(late).rejects.toThrow(StoreChangedError);
    expect(await read(other.storage)).toEqual(bytes(2));
    await frozen.storage.transaction(async (tx) => tx.put('t', 'a', bytes((await tx.get('t', 'a'))![0]! + 1)));
    expect(await read(other.storage)).toEqual(bytes(3));
  });

  it('are told of what was committed, and only of that', async () => {
    const { storage, commitCount, database } = await openHandle();
    await storage.transaction((tx) => tx.get('t', 'a'));
    await storage.transaction((tx) => tx.put('t', 'a', bytes(1)));
    await storage
      .transaction((tx) => tx.put('t', 'b', bytes(1)).then(() => Promise.reject(new Error('half way'))))
      .catch(() => undefined);
    expect(commitCount()).toBe(1);
    expect(await readRevision(database)).toMatchObject({ count: 1 });
  });
});

describe('a store that fails', () => {
  afterEach(removeDatabase);

  it('says so after the database was closed underneath', async () => {
    const { database, storage } = await openHandle();
    const store = createStore(storage, () => undefined);
    await store.transaction((tx) => tx.put('t', 'a', bytes(1)));
    database.close();
    await expect(store.transaction((tx) => tx.put('t', 'a', bytes(2)))).rejects.toThrow(StorageError);
    await expect(store.transaction((tx) => tx.get('t', 'b'))).rejects.toThrow(StorageError);
  });

  it('is given up when it was cleared without a word, or made anew', async () => {
    const { database, storage, gone } = await openHandle();
    await storage.transaction((tx) => tx.put('t', 'a', bytes(1)));
    await database.clear('meta');
    await expect(storage.transaction((tx) => tx.put('t', 'a', bytes(2)))).rejects.toThrow(StoreGoneError);
    expect(gone).toEqual(['removed']);
    await openHandle();
    await expect(storage.transaction((tx) => tx.get('t', 'a'))).rejects.toThrow(StoreGoneError);
  });

  it('is given up when another tab removes the database, or a newer version opens it', async () => {
    const first = await openHandle();
    await removeFromOutside();
    expect(first.gone).toEqual(['removed']);
    const second = await openHandle();
    const newer = await openFromOutside(99);
    newer.close();
    expect(second.gone).toEqual(['newer']);
    await expect(openHandle()).rejects.toMatchObject({ name: 'VersionError' });
  });
});

describe('long lists', () => {
  afterEach(removeDatabase);

  it('are read from their end', async () => {
    const { storage } = await openHandle();
    const keys = Array.from({ length: 500 }, (_, index) => `c/${String(index).padStart(4, '0')}`);
    await storage.transaction(async (tx) => {
      for (const key of keys) await tx.put('t', key, new TextEncoder().encode(key));
      await tx.put('t', 'd/0', bytes(1));
    });
    const { storage: fresh } = await openHandle();
    const read = (limit: number, before?: string): Promise<string[]> =>
      fresh.transaction(async (tx) => {
        const page = { prefix: 'c/', isDescending: true, limit, ...(before === undefined ? {} : { before }) };
        const rows = await tx.list('t', page);
        expect(rows.every(({ key, value }) => new TextDecoder().decode(value) === key)).toBe(true);
        return rows.map(({ key }) => key);
      });
    expect(await read(1)).toEqual(keys.slice(-1));
    expect(await read(60)).toEqual(keys.slice(-60).reverse());
    expect(await read(60, keys[100])).toEqual(keys.slice(40, 100).reverse());
    expect(await read(60, keys[20])).toEqual(keys.slice(0, 20).reverse());
    expect(await read(500)).toEqual(keys.toReversed());
    expect(await read(501)).toEqual(keys.toReversed());
  });
});

function openFromOutside(version: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('vant', version);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error(String(request.error)));
  });
}

function removeFromOutside(): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('vant');
    request.onsuccess = () => resolve();
    request.onerror = () => reject(new Error(String(request.error)));
  });
}
