// Writes stored-data-VERSION.json: what this version has in Redis for a small team, with an envelope that waits. Run by hand, once
// per released version, before the release: node tests/vectors/make-stored-data.ts
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { toStorageOptions } from '../../server/storage-options.ts';
import { openStorage } from '../../server/storage/open.ts';
import { VERSION } from '../../server/version.ts';
import type { RawDevice } from '../support/raw-device.ts';
import { startTestServer } from '../support/server.ts';
import { readStored, type StoredData, type StoredDevice } from '../support/stored-data.ts';

const WAITING = 'sent before the upgrade';
const directory = mkdtempSync(join(tmpdir(), 'vant-vectors-'));
const env = { VANT_STORAGE_DATA_DIR: join(directory, 'data') };
const server = await startTestServer(env);
const member = await server.owner.inviteAndJoin();
await server.owner.invite();
const connection = await server.owner.connect();
await connection.send(member, WAITING);
await connection.close();
await server.app.stop();

const { config, secrets } = loadConfig({ cwd: directory, env });
const storage = await openStorage(toStorageOptions(config, secrets), {
  log: () => undefined,
  onFatal: () => undefined,
});
const keys = await readStored(storage.connection);
await storage.close();

const toStored = ({ accountId, deviceId, registrationId, credentials }: RawDevice): StoredDevice => ({
  accountId,
  deviceId,
  registrationId,
  secret: credentials.split('.')[2]!,
});
const data: StoredData = {
  version: VERSION,
  takenAt: Date.now(),
  owner: toStored(server.owner),
  member: toStored(member),
  waiting: WAITING,
  secretKey: readFileSync(join(directory, 'data', 'secret.key'), 'utf8').trim(),
  keys,
};
writeFileSync(join(import.meta.dirname, `stored-data-${VERSION}.json`), `${JSON.stringify(data, null, 1)}\n`);
