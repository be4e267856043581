import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedisConnection, RedisScript } from '../../../server/storage/connection.ts';

export interface OpenConnection {
  readonly connection: RedisConnection;
  close(): Promise<void>;
}

const source = `return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])}`;
const script: RedisScript = { name: 'test', source, sha1: createHash('sha1').update(source).digest('hex') };

/** What every way to Redis must do alike. */
export function describeConnectionContract(name: string, open: () => Promise<OpenConnection>): void {
  describe(`connection contract: ${name}`, () => {
    let opened: OpenConnection;
    let connection: RedisConnection;
    beforeAll(async () => {
      opened = await open();
      ({ connection } = opened);
    }, 60_000);
    afterAll(() => opened.close());

    const newKey = () => `test:{${randomUUID()}}`;

    it('is ready', () => {
      expect(connection.isReady()).toBe(true);
    });

    it('stores bytes and gives bytes back, views of larger buffers too', async () => {
      const key = newKey();
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index).subarray(3, 250);
      expect(await connection.execute(key, ['SET', key, bytes])).toEqual(Buffer.from('OK'));
      expect(await connection.execute(key, ['GET', key])).toEqual(Buffer.from(bytes));
    });

    it('gives numbers, null and nested lists', async () => {
      const key = newKey();
      expect(await connection.execute(key, ['GET', key])).toBeNull();
      expect(await connection.execute(key, ['XLEN', key])).toBe(0);
      const id = await connection.execute(key, ['XADD', key, '*', 'e', 'envelope']);
      expect(await connection.execute(key, ['XRANGE', key, '-', '+'])).toEqual([
        [id, [Buffer.from('e'), Buffer.from('envelope')]],
      ]);
      expect(await connection.execute(`${key}h`, ['HGETALL', `${key}h`])).toEqual([]);
    });

    it('answers commands of one key in the order of asking', async () => {
      const key = newKey();
      const replies = await Promise.all(Array.from({ length: 1_000 }, () => connection.execute(key, ['INCR', key])));
      expect(replies).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
    });

    it('takes a value of a megabyte', async () => {
      const key = newKey();
      const value = Buffer.alloc(1 << 20, 7);
      await connection.execute(key, ['SET', key, value]);
      expect(value.equals((await connection.execute(key, ['GET', key])) as Buffer)).toBe(true);
    });

    it('passes on what Redis says about a wrong command', async () => {
      const key = newKey();
      await connection.execute(key, ['SET', key, 'text']);
      await expect(connection.execute(key, ['INCR', key])).rejects.toThrow('ERR value is not an integer');
      await expect(connection.execute(key, ['XLEN', key])).rejects.toThrow('WRONGTYPE');
    });

    it('runs a transaction as a whole', async () => {
      const key = newKey();
      const commands = [
        ['SET', `${key}a`, '1'],
        ['INCR', `${key}a`],
      ];
      expect(await connection.transaction(key, commands)).toEqual([Buffer.from('OK'), 2]);
      await expect(connection.transaction(key, [['INCR', `${key}a`], ['NOSUCHCOMMAND']])).rejects.toThrow(
        /unknown command/,
      );
      expect(await connection.execute(key, ['GET', `${key}a`])).toEqual(Buffer.from('2'));
      await expect(connection.transaction(key, [['XLEN', `${key}a`]])).rejects.toThrow('WRONGTYPE');
    });

    it('runs a script that the server does not know yet, and again', async () => {
      const key = newKey();
      const expected = (count: number) => [Buffer.from(key), Buffer.from('argument'), count];
      expect(await connection.evaluate(script, [key], ['argument'])).toEqual(expected(1));
      expect(await connection.evaluate(script, [key], ['argument'])).toEqual(expected(2));
    });

    it('delivers to the subscriber of a channel, and to no other', async () => {
      const [mine, other] = [newKey(), newKey()];
      const { promise, resolve } = Promise.withResolvers<Buffer>();
      const stray: Buffer[] = [];
      await connection.subscribe(mine, resolve);
      await connection.subscribe(other, (message) => stray.push(message));
      expect(await connection.publish(mine, Uint8Array.of(0, 255, 10, 13))).toBe(1);
      expect(await promise).toEqual(Buffer.from([0, 255, 10, 13]));
      expect(stray).toEqual([]);
    });

    it('counts no receiver once unsubscribed, and one after subscribing again', async () => {
      const channel = newKey();
      await connection.subscribe(channel, () => undefined);
      await connection.unsubscribe(channel);
      expect(await connection.publish(channel, 'nobody')).toBe(0);
      const { promise, resolve } = Promise.withResolvers<Buffer>();
      await connection.subscribe(channel, () => undefined);
      // In one turn, as when a device reconnects: the reply to the first must not take the second with it.
      const gone = connection.unsubscribe(channel);
      await connection.subscribe(channel, resolve);
      await gone;
      expect(await connection.publish(channel, 'again')).toBe(1);
      expect((await promise).toString()).toBe('again');
    });

    it('holds what was asked for last, whatever has not been answered yet', async () => {
      const channel = newKey();
      const listen = () => connection.subscribe(channel, () => undefined);
      const isWritten = () => new Promise((resolve) => setImmediate(resolve));
      for (let round = 0; round < 100; round++) {
        const first = listen();
        await isWritten();
        const gone = connection.unsubscribe(channel);
        // One may be answered, and the other one not.
        await first;
        await listen();
        await gone;
        expect(await connection.publish(channel, 'to one')).toBe(1);
        await connection.unsubscribe(channel);
      }
    });

    it('scans every key that matches, on every node', async () => {
      const keys = Array.from({ length: 50 }, (_, index) => `scan:{${index}}`);
      await Promise.all(keys.map((key) => connection.execute(key, ['SET', key, '1'])));
      const seen: string[] = [];
      for await (const key of connection.scan('scan:*')) seen.push(key);
      expect(new Set(seen)).toEqual(new Set(keys));
    });

    it('fails at once after close', async () => {
      const second = await open();
      await second.connection.close();
      expect(second.connection.isReady()).toBe(false);
      await expect(second.connection.execute('key', ['GET', 'key'])).rejects.toMatchObject({
        code: 'STORAGE_UNAVAILABLE',
      });
      await second.close();
    });
  });
}
