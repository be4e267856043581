/** The form of what is stored: data of released versions go on, data of newer ones are left alone. */
import { IdentityKeyPair } from '@signalapp/libsignal-client';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createStorageKeys } from '../../../server/storage/keys.ts';
import { openStorage } from '../../../server/storage/open.ts';
import { bringUpToDate } from '../../../server/storage/schema/bring-up-to-date.ts';
import { FORM_FILE } from '../../../server/storage/schema/directory-form.ts';
import { CURRENT_FORM, type Migration } from '../../../server/storage/schema/migrations.ts';
import { makeTemporaryDirectory, removeDirectory, REPOSITORY } from '../../support/appliance.ts';
import { RawDevice } from '../../support/raw-device.ts';
import { startSingleRedis } from '../../support/redis.ts';
import { startNode } from '../../support/server.ts';
import { writeStored, type StoredData, type StoredDevice } from '../../support/stored-data.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

async function openRedis() {
  const server = await startSingleRedis();
  cleanups.push(() => server.stop());
  const storage = await openStorage(
    { mode: 'external', target: { kind: 'url', url: server.url }, requireDurable: true },
    { log: () => undefined, onFatal: () => undefined },
  );
  cleanups.push(() => storage.close());
  return { url: server.url, redis: storage.connection };
}

const keys = createStorageKeys('vant:');
const nothing = () => undefined;

describe.each(globSync('tests/vectors/stored-data-*.json', { cwd: REPOSITORY }))('%s', (file) => {
  test('starts, delivers what waits, and its members carry on', async () => {
    const data = JSON.parse(readFileSync(join(REPOSITORY, file), 'utf8')) as StoredData;
    const { url, redis } = await openRedis();
    await writeStored(redis, data.keys);
    const directory = await makeTemporaryDirectory();
    cleanups.push(() => removeDirectory(directory));
    await writeFile(join(directory, 'secret.key'), `${data.secretKey}\n`, { mode: 0o600 });
    const env = { VANT_REDIS_MODE: 'external', VANT_REDIS_EXTERNAL_URL: url, VANT_STORAGE_DATA_DIR: directory };
    const elapsedMs = Date.now() - data.takenAt;
    const node = await startNode(env, { now: () => Date.now() - elapsedMs, expiryClockOffsetMs: -elapsedMs });
    cleanups.push(() => node.app.stop());
    expect(node.app.setupLink).toBeUndefined();

    const [owner, member] = [data.owner, data.member].map((stored) => toDevice(stored, node.url));
    const receiving = await member!.connect();
    expect(await receiving.untilReceived(1)).toEqual([data.waiting]);
    const sending = await owner!.connect();
    expect(await sending.send(member!, 'after the upgrade')).toMatchObject({ $case: 'accepted' });
    expect(await receiving.untilReceived(2)).toEqual([data.waiting, 'after the upgrade']);
    const { members } = await owner!.call('listMembers');
    expect(members).toHaveLength(2);
    expect(String(await redis.execute(keys.form, ['HGET', keys.form, 'form']))).toBe(`${CURRENT_FORM}`);
  });
});

function toDevice({ accountId, deviceId, registrationId, secret }: StoredDevice, url: string): RawDevice {
  const registered = { accountId, deviceId } as ConstructorParameters<typeof RawDevice>[1];
  return new RawDevice(url, registered, secret, IdentityKeyPair.generate(), registrationId);
}

describe('data of a newer version', () => {
  const sentence =
    /form 99, written by Vant 9\.9\.9; this is Vant \S+, which knows forms up to \d+ and has changed nothing\. Start the newer/;

  test('in Redis are refused in one sentence, and nothing is written', async () => {
    const { url, redis } = await openRedis();
    await redis.execute(keys.form, ['HSET', keys.form, 'form', '99', 'writtenBy', '9.9.9']);
    const directory = await makeTemporaryDirectory();
    cleanups.push(() => removeDirectory(directory));
    const env = { VANT_REDIS_MODE: 'external', VANT_REDIS_EXTERNAL_URL: url, VANT_STORAGE_DATA_DIR: directory };
    await expect(startNode(env)).rejects.toThrow(sentence);
    const found: string[] = [];
    for await (const key of redis.scan('*')) found.push(key);
    expect(found).toEqual([keys.form]);
  });

  test('in the data directory are refused before its Redis starts', async () => {
    const directory = await makeTemporaryDirectory();
    cleanups.push(() => removeDirectory(directory));
    const note = { form: 99, writtenBy: '9.9.9' };
    await mkdir(join(directory, 'data'));
    writeFileSync(join(directory, 'data', FORM_FILE), JSON.stringify(note));
    await expect(startNode({ VANT_STORAGE_DATA_DIR: join(directory, 'data') })).rejects.toThrow(sentence);
    expect(globSync('**/*', { cwd: join(directory, 'data') })).toEqual([FORM_FILE]);
  });

  test('a note that says nothing is not taken for ours', async () => {
    const directory = await makeTemporaryDirectory();
    cleanups.push(() => removeDirectory(directory));
    writeFileSync(join(directory, FORM_FILE), '');
    await expect(startNode({ VANT_STORAGE_DATA_DIR: directory })).rejects.toThrow('does not say which form');
  });
});

describe('migrations', () => {
  /** Two steps that note that they ran; the second one can fail in its middle. */
  function createSteps(state: { isBroken: boolean }): { ran: string[]; migrations: Migration[] } {
    const ran: string[] = [];
    const migrations: Migration[] = [
      { to: 2, what: 'one', run: async () => void ran.push('one') },
      {
        to: 3,
        what: 'two',
        async run(redis) {
          ran.push('two begins');
          await redis.execute('half', ['SET', 'half', '1']);
          if (state.isBroken) throw new Error('killed');
          ran.push('two ends');
        },
      },
    ];
    return { ran, migrations };
  }

  test('that ended in the middle go on with the step that was not noted', async () => {
    const { redis } = await openRedis();
    const state = { isBroken: true };
    const { ran, migrations } = createSteps(state);
    const means = { redis, keys, version: '0.3.0', log: nothing, migrations };
    await expect(bringUpToDate(means)).rejects.toThrow('killed');
    expect(String(await redis.execute(keys.form, ['HGET', keys.form, 'form']))).toBe('2');
    state.isBroken = false;
    await bringUpToDate(means);
    expect(ran).toEqual(['one', 'two begins', 'two begins', 'two ends']);
    await bringUpToDate(means);
    expect(ran).toHaveLength(4);
  });

  test('run once, however many nodes start', async () => {
    const { redis } = await openRedis();
    const { ran, migrations } = createSteps({ isBroken: false });
    const means = { redis, keys, version: '0.3.0', log: nothing, migrations };
    await Promise.all(Array.from({ length: 5 }, () => bringUpToDate(means)));
    expect(ran).toEqual(['one', 'two begins', 'two ends']);
  });

  test('of a node that died are taken over when its lock has run out', async () => {
    const { redis } = await openRedis();
    const { ran, migrations } = createSteps({ isBroken: false });
    await redis.execute(keys.formLock, ['SET', keys.formLock, 'the dead one', 'PX', '300']);
    await bringUpToDate({ redis, keys, version: '0.3.0', log: nothing, migrations });
    expect(ran).toContain('two ends');
  });
});
