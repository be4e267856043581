import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../config/load.ts';
import { makeTemporaryDirectory, removeDirectory } from '../../support/appliance.ts';
import { RawDevice } from '../../support/raw-device.ts';
import { startNode } from '../../support/server.ts';

const HOUR = 3_600_000;
type Node = Awaited<ReturnType<typeof startNode>>;

/** Every file below the data directory that holds the text. */
async function findFiles(directory: string, text: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const found = await Promise.all(
    files.map(async (file) => ((await readFile(file)).includes(text) ? file : undefined)),
  );
  return found.filter((file) => file !== undefined);
}

describe('time to live', () => {
  let directory: string;
  let node: Node;
  let alice: RawDevice;
  let bob: RawDevice;

  /** @param aheadMs by how much the clock that decides about expiry is ahead */
  const start = async (aheadMs = 0, env: Record<string, string> = {}) => {
    const options = { VANT_STORAGE_DATA_DIR: join(directory, 'data'), VANT_SERVER_LISTEN: `127.0.0.1:${port}`, ...env };
    node = await startNode(options, { expiryClockOffsetMs: aheadMs });
    port = node.app.port;
  };
  let port = 0;
  beforeEach(async () => {
    directory = await makeTemporaryDirectory();
    port = 0;
    await start();
    alice = await RawDevice.join(node.url, node.app.setupLink ?? '');
    bob = await alice.inviteAndJoin();
  });
  afterEach(async () => {
    await node.app.stop();
    await removeDirectory(directory);
  });

  const send = async (text: string, ttlSeconds = 0) => {
    const connection = await alice.connect({ query: '?deliver=false' });
    expect((await connection.send(bob, text, { ttlSeconds })).$case).toBe('accepted');
    await connection.close();
  };
  const receiveAll = async () => {
    const connection = await bob.connect();
    await connection.untilFrame('queueDrained');
    await connection.close();
    return connection.received.map(({ content }) => content);
  };
  const restart = async (aheadMs: number, env: Record<string, string> = {}) => {
    await node.app.stop();
    await start(aheadMs, env);
  };

  test('what expired while the server was off is gone: not delivered, not in Redis, not on the disk', async () => {
    await send('expires within the hour', 3_000);
    await send('lives a week');
    expect(await findFiles(directory, 'expires within the hour')).not.toEqual([]);
    await restart(HOUR);
    expect(await node.app.janitor.sweep()).toBe(0);
    await node.app.rewriteAof();
    expect(await findFiles(directory, 'expires within the hour')).toEqual([]);
    expect(await findFiles(directory, 'lives a week')).not.toEqual([]);
    expect(await receiveAll()).toEqual(['lives a week']);
  });

  test('seven days are the end of every envelope', async () => {
    await send('first');
    await send('never longer than the server allows', 4_000_000_000);
    await restart(7 * 24 * HOUR - 60_000);
    expect(await receiveAll()).toEqual(['first', 'never longer than the server allows']);
    await send('second');
    await restart(7 * 24 * HOUR + 1_000);
    expect(await receiveAll()).toEqual([]);
  });

  test('a time to live that the admin shortens holds at the next sweep, without a restart', async () => {
    await restart(HOUR);
    await send('two hours', 7_200);
    await send('a week');
    expect(await node.app.janitor.sweep()).toBe(0);
    const env = { VANT_STORAGE_DATA_DIR: join(directory, 'data'), VANT_RELAY_MESSAGE_TTL: '30m' };
    node.app.reconfigure(loadConfig({ cwd: directory, env }).config);
    expect(await node.app.janitor.sweep()).toBe(2);
    expect(await receiveAll()).toEqual([]);
  });

  test('what expired since the last sweep is not delivered to a device that connects', async () => {
    await restart(HOUR);
    // By the clock that is ahead both are an hour old; only one was allowed less.
    await send('has expired', 3_000);
    await send('lives on');
    expect(await receiveAll()).toEqual(['lives on']);
  });

  test('an acknowledged envelope leaves Redis at once, and the disk with the next rewrite', async () => {
    await send('read and done');
    expect(await findFiles(directory, 'read and done')).not.toEqual([]);
    expect(await receiveAll()).toEqual(['read and done']);
    expect(await node.app.rewriteAof()).toBe(true);
    expect(await findFiles(directory, 'read and done')).toEqual([]);
    expect(await receiveAll()).toEqual([]);
  });
});
