import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../config/load.ts';
import { restoreBackup } from '../../../server/backup/restore-backup.ts';
import { createBackupKey, type OpenKey } from '../../../server/backup/seal-file.ts';
import { startBackup } from '../../../server/backup/write-backup.ts';
import { toStorageOptions } from '../../../server/storage-options.ts';
import type { RedisConnection } from '../../../server/storage/connection.ts';
import { openStorage } from '../../../server/storage/open.ts';
import { makeTemporaryDirectory, removeDirectory } from '../../support/appliance.ts';
import { RawDevice } from '../../support/raw-device.ts';
import { startNode } from '../../support/server.ts';

const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) await removeDirectory(directory);
});

const hooks = { log: () => undefined, onFatal: () => undefined };
const envOf = (data: string) => ({ VANT_STORAGE_DATA_DIR: data, VANT_LIMITS_REGISTRATIONS_PER_ADDRESS: 'off' });

async function open(data: string) {
  const loaded = loadConfig({ env: envOf(data), cwd: data });
  const storage = await openStorage(toStorageOptions(loaded.config, loaded.secrets), hooks);
  return { loaded, storage };
}

/** A team of one, its backup, and the same team when it had grown to two. */
async function makeTeam() {
  const directory = await makeTemporaryDirectory();
  directories.push(directory);
  const data = join(directory, 'data');
  const { app, url } = await startNode(envOf(data));
  const owner = await RawDevice.join(url, app.setupLink!);
  await app.stop();
  const { identity, recipient } = await createBackupKey();
  const { loaded, storage } = await open(data);
  const source = {
    loaded,
    redis: storage.connection,
    cwd: data,
    now: Date.now(),
    withQueues: true,
    withAttachments: true,
  };
  const { stream } = await startBackup(source, { kind: 'recipients', recipients: [recipient] });
  const file = new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
  await storage.close();
  const again = await startNode(envOf(data));
  await Object.assign(owner, { url: again.url }).inviteAndJoin();
  await again.app.stop();
  return { data, owner, file, key: { kind: 'identities', identities: [identity] } as OpenKey };
}

/** As when the process dies: from the given command on, none is run. */
function dyingAt(redis: RedisConnection, command: string): RedisConnection {
  let isDead = false;
  return new Proxy(redis, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        isDead ||= name === 'execute' && (args[1] as string[])[0] === command;
        if (isDead) throw new Error('died');
        return (value as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

describe('a restore that is interrupted', () => {
  it.each([
    ['while it is staged', 'PUBSUB-NEVER', 2],
    ['while the old state is deleted', 'UNLINK', 1],
    ['while the new one is moved', 'RENAME', 1],
  ])('%s', async (_, command, members) => {
    const { data, owner, file, key } = await makeTeam();
    const secret = readFileSync(join(data, 'secret.key'), 'utf8');
    const { loaded, storage } = await open(data);
    const redis = dyingAt(storage.connection, command);
    const beforeCommit = () => {
      if (command === 'PUBSUB-NEVER') throw new Error('died');
    };
    const target = { loaded, redis, force: true, now: Date.now(), beforeCommit };
    await expect(restoreBackup(new Blob([file]).stream(), key, async () => target)).rejects.toThrow('died');
    await storage.close();

    const { app, url, logText } = await startNode(envOf(data));
    expect(app.setupLink).toBeUndefined();
    expect((await Object.assign(owner, { url }).call('listMembers')).members).toHaveLength(members);
    expect(logText().includes('A restore that was interrupted has been completed')).toBe(members === 1);
    expect(existsSync(join(data, 'restored.json'))).toBe(members === 1);
    expect(readFileSync(join(data, 'secret.key'), 'utf8')).toBe(secret);
    await app.stop();
  });
});
