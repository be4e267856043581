/** What every StoragePort has to do, whatever it is made of: SQLite, memory, IndexedDB. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ListOptions, StoragePort } from '../../../client/ports.ts';

export interface StorageUnderTest {
  readonly storage: StoragePort;
  /** A second handle on the same data, as another program or tab has it; absent where there can be none. */
  openAnother?(): Promise<StoragePort>;
  close(): Promise<void>;
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

export function describeStorageContract(name: string, open: () => Promise<StorageUnderTest>): void {
  describe(`${name} keeps the storage contract`, () => {
    let test: StorageUnderTest;
    let storage: StoragePort;
    beforeEach(async () => {
      test = await open();
      storage = test.storage;
    });
    afterEach(() => test.close());

    it('gives back what was put, and nothing after it was deleted', async () => {
      await storage.transaction((tx) => tx.put('a', 'key', bytes(1, 2, 3)));
      expect(await storage.transaction((tx) => tx.get('a', 'key'))).toEqual(bytes(1, 2, 3));
      expect(await storage.transaction((tx) => tx.get('b', 'key'))).toBeUndefined();
      await storage.transaction((tx) => tx.delete('a', 'key'));
      await storage.transaction((tx) => tx.delete('a', 'key'));
      expect(await storage.transaction((tx) => tx.get('a', 'key'))).toBeUndefined();
    });

    it('keeps empty and large values, and is not changed through what it was given', async () => {
      const large = new Uint8Array(300_000).fill(7);
      await storage.transaction(async (tx) => {
        await tx.put('a', 'empty', bytes());
        await tx.put('a', 'large', large);
      });
      large.fill(0);
      expect(await storage.transaction((tx) => tx.get('a', 'empty'))).toEqual(bytes());
      const stored = await storage.transaction((tx) => tx.get('a', 'large'));
      expect(stored?.every((byte) => byte === 7)).toBe(true);
    });

    it('lists in the order of the keys: by prefix, after a key, up to a limit', async () => {
      await storage.transaction(async (tx) => {
        for (const key of ['b/2', 'a/1', 'b/10', 'b/1', 'c', 'b0']) await tx.put('t', key, bytes(1));
        await tx.put('other', 'b/3', bytes(1));
      });
      const keys = (options?: Parameters<Parameters<Parameters<StoragePort['transaction']>[0]>[0]['list']>[1]) =>
        storage.transaction(async (tx) => (await tx.list('t', options)).map(({ key }) => key));
      expect(await keys()).toEqual(['a/1', 'b/1', 'b/10', 'b/2', 'b0', 'c']);
      expect(await keys({ prefix: 'b/' })).toEqual(['b/1', 'b/10', 'b/2']);
      expect(await keys({ prefix: 'b/', after: 'b/1' })).toEqual(['b/10', 'b/2']);
      expect(await keys({ after: 'b/2', limit: 1 })).toEqual(['b0']);
      expect(await keys({ prefix: 'b/', isDescending: true })).toEqual(['b/2', 'b/10', 'b/1']);
      expect(await keys({ prefix: 'b/', before: 'b/2', isDescending: true, limit: 1 })).toEqual(['b/10']);
      expect(await keys({ after: 'a/1', before: 'b/10' })).toEqual(['b/1']);
      expect(await keys({ prefix: 'nothing' })).toEqual([]);
    });

    it('sees its own changes before they are committed', async () => {
      await storage.transaction(async (tx) => {
        await tx.put('t', 'a', bytes(1));
        await tx.put('t', 'b', bytes(2));
        await tx.delete('t', 'a');
        expect(await tx.get('t', 'b')).toEqual(bytes(2));
        expect((await tx.list('t')).map(({ key }) => key)).toEqual(['b']);
      });
    });

    it('stores nothing of a transaction that fails, and goes on', async () => {
      await storage.transaction((tx) => tx.put('t', 'kept', bytes(1)));
      const failing = storage.transaction(async (tx) => {
        await tx.put('t', 'lost', bytes(1));
        await tx.delete('t', 'kept');
        throw new Error('half way');
      });
      await expect(failing).rejects.toThrow('half way');
      const keys = await storage.transaction(async (tx) => (await tx.list('t')).map(({ key }) => key));
      expect(keys).toEqual(['kept']);
    });

    it('answers the same question rightly again, whatever was written since', async () => {
      const stored = new Map<string, Uint8Array>();
      const questions: readonly ListOptions[] = [
        {},
        { limit: 3 },
        { isDescending: true, limit: 2 },
        { after: 'c', before: 'h', limit: 2 },
      ];
      let state = 1;
      const below = (limit: number): number => (state = (state * 48_271) % 0x7fffffff) % limit;
      for (let round = 0; round < 60; round++) {
        await storage.transaction(async (tx) => {
          for (let count = below(3); count >= 0; count--) {
            const key = 'abcdefghij'.charAt(below(10));
            if (below(5) < 2 && stored.delete(key)) await tx.delete('t', key);
            else await tx.put('t', key, stored.set(key, bytes(round)).get(key) ?? bytes());
          }
        });
        for (const options of questions) {
          const { isDescending = false, limit, after = '', before = 'z' } = options;
          const keys = [...stored.keys()].filter((key) => key > after && key < before).sort();
          const expected = (isDescending ? keys.toReversed() : keys).slice(0, limit);
          const rows = await storage.transaction((tx) => tx.list('t', options));
          expect(rows).toEqual(expected.map((key) => ({ key, value: stored.get(key) })));
        }
      }
    });

    it('gives the result of the work', async () => {
      expect(await storage.transaction(async () => 42)).toBe(42);
    });

    it('is closed to a transaction that has ended', async () => {
      const leaked = await storage.transaction(async (tx) => tx);
      await expect(leaked.put('t', 'a', bytes(1))).rejects.toThrow('ended');
    });

    it('runs transactions one after the other', async () => {
      await Promise.all(Array.from({ length: 20 }, () => increment(storage)));
      expect(await storage.transaction((tx) => tx.get('t', 'count'))).toEqual(bytes(20));
    });

    it('excludes other handles on the same data while a transaction runs', async ({ skip }) => {
      if (test.openAnother === undefined) return skip();
      const another = await test.openAnother();
      await Promise.all(Array.from({ length: 20 }, (_, i) => increment(i % 2 === 0 ? storage : another)));
      expect(await another.transaction((tx) => tx.get('t', 'count'))).toEqual(bytes(20));
    });
  });
}

/** Reads, lets others run, writes: loses counts where transactions overlap. */
async function increment(storage: StoragePort): Promise<void> {
  await storage.transaction(async (tx) => {
    const count = (await tx.get('t', 'count'))?.[0] ?? 0;
    await new Promise((resolve) => setTimeout(resolve));
    await tx.put('t', 'count', bytes(count + 1));
  });
}
