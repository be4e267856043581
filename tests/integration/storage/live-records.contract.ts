import { expect, test } from 'vitest';
import { RedisLiveRecords } from '../../../server/storage/redis-live-records.ts';
import { newAccountId, storageKeys, type StoreContext } from './store-context.ts';

export function describeLiveRecords(context: () => StoreContext): void {
  test('a question gets the answers of all nodes, and of those that say nothing the number', async () => {
    const { stores, other, connection } = context();
    const accountId = newAccountId();
    const tell = (node: string) => (asked: string) => (asked === accountId ? [{ title: node, fields: [] }] : []);
    await stores.liveRecords.serve(tell('one'));
    await other.liveRecords.serve(tell('two'));
    for (const node of [stores, other]) {
      const { entries, silentNodes } = await node.liveRecords.ask(accountId);
      expect(entries.map(({ title }) => title).sort()).toEqual(['one', 'two']);
      expect(silentNodes).toBe(0);
    }
    expect((await stores.liveRecords.ask(newAccountId())).entries).toEqual([]);
    // This connection listens and says nothing any more.
    await connection.subscribe(storageKeys.liveQuestions, () => undefined);
    const impatient = new RedisLiveRecords(connection, storageKeys, 50);
    const { entries, silentNodes } = await impatient.ask(accountId);
    expect(entries.map(({ title }) => title)).toEqual(['two']);
    expect(silentNodes).toBe(1);
  });
}
