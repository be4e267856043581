/** "What the server knows about me" must be all that it knows: whatever lies in Redis is in a section, or it is on the short list
 * below of what belongs to nobody. A new kind of key that is in neither fails here. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RecordSection } from '../../../wire/record-schemas.ts';
import { hashSecret } from '../../../server/devices/device-secret.ts';
import { BINARY_ROUTES } from '../../../wire/routes.ts';
import { makeTemporaryDirectory } from '../../support/appliance.ts';
import { pushEnvironment } from '../../support/push/push-environment.ts';
import { PushService } from '../../support/push/push-service.ts';
import { until } from '../../support/until.ts';
import { readKeys } from '../../support/canary.ts';
import { codeOf, newSecret, RawDevice } from '../../support/raw-device.ts';
import { findTraces, startTwoNodes, type TwoNodes } from '../../support/two-nodes.ts';

/** Keys that say nothing of any account, with the reason. */
const OF_NOBODY: readonly (readonly [RegExp, string])[] = [
  [/^vant:server-keys$/, 'the keys of the server itself'],
  [/^vant:janitor$/, 'a lock without a name'],
  [/^vant:form$/, 'the form of what is stored'],
  [/^vant:clock$/, 'when this server ran last'],
  [/^vant:health$/, 'a mark that is written to see whether writing works'],
  [/^vant:history:\{history\}:/, 'sums over everybody'],
  [/^vant:push-(lease|key|vapid):/, 'which node pushes, with which keys'],
  [/^vant:attachment-directory$/, 'the mark of a directory'],
  [/^vant:provisioning:/, 'sealed, at a random address: the server cannot tell whose it is'],
];

const storedKeys = (sections: readonly RecordSection[]) =>
  new Set(sections.flatMap(({ entries }) => entries.flatMap(({ storedAs }) => storedAs ?? [])));

describe('what the server knows about an account', () => {
  let service: PushService;
  let nodes: TwoNodes;
  let phone: RawDevice;
  let tablet: RawDevice;
  let sections: RecordSection[];
  const [profile, name] = [randomBytes(300), randomBytes(60)].map((bytes) => bytes.toString('base64url'));
  const section = (id: string) => sections.find((each) => each.id === id)!;
  const fieldsOf = (id: string, title: string | RegExp) => {
    const entry = section(id).entries.find((each) => each.title === title || each.title.match(title) !== null);
    return Object.fromEntries(entry!.fields.map((field) => [field.name, field.value]));
  };

  beforeAll(async () => {
    service = await PushService.start();
    service.outage = { status: 503, headers: { 'retry-after': '3600' } };
    const directory = { VANT_STORAGE_DATA_DIR: await makeTemporaryDirectory() };
    const limits = { VANT_ATTACHMENTS_MIN_FREE: '0B', VANT_LIMITS_RECORDS_PER_ACCOUNT: '15/1h' };
    nodes = await startTwoNodes({ ...limits, ...pushEnvironment(), ...directory });
    const { owner } = nodes;
    phone = await RawDevice.join(nodes.one.url, await owner.invite('admin'));
    tablet = await phone.linkDevice();
    await phone.call('putProfile', { body: { profile } });
    await tablet.call('setDeviceName', { body: { name } });
    await phone.invite();
    await phone.call('createLinkToken', { body: { tokenHash: hashSecret(newSecret()) } });
    const address = newSecret();
    await phone.call('putProvisionEnvelope', { params: { address }, body: { envelope: 'c2VhbGVk' } });
    const headers = { authorization: `Bearer ${phone.credentials}`, 'content-type': 'application/octet-stream' };
    const { path } = BINARY_ROUTES.uploadAttachment;
    expect((await fetch(phone.url + path, { method: 'POST', headers, body: 'ciphertext' })).status).toBe(200);
    const { address: webPush } = service.subscribe();
    await tablet.call('putPushAddress', { body: { webPush } });
    const sender = await owner.connect();
    await sender.send([phone, tablet], 'a message');
    await sender.send([phone, tablet], 'a short-lived message', { ttlSeconds: 3600 });
    await sender.close();
    await (await phone.connect({ url: nodes.two.url })).untilReceived(2);
    await phone.connect({ query: '?deliver=false' });
    await nodes.one.app.history.writeMinute();
    await until('a wake that fails', () => service.requests > 0);
    await Promise.all([nodes.one, nodes.two].map(({ app }) => app.push.settled()));
    ({ sections } = await phone.call('getAccountRecords'));
  });
  afterAll(async () => {
    await nodes.stop();
    await service.stop();
  });

  test('every key in Redis is in a section of somebody, or belongs to nobody', async () => {
    const shown = storedKeys([...sections, ...(await nodes.owner.call('getAccountRecords')).sections]);
    const all = new Set<string>();
    await nodes.redis.admin((run) => readKeys(run, (key) => all.add(key)));
    const left = [...all].filter((key) => !shown.has(key) && !OF_NOBODY.some(([pattern]) => pattern.test(key)));
    // The second node has printed a set-up link, too: nobody made it, and it opens nothing any more.
    const setup = `vant:invite:{${hashSecret(/#(.+)$/.exec(nodes.two.app.setupLink ?? '')?.[1] ?? '')}}`;
    expect(left).toEqual([setup]);
    expect(all.size).toBeGreaterThan(20);
  });

  test('every key whose name or value holds the account id is among those that the account is shown', async () => {
    const shown = storedKeys(sections);
    const traces = await findTraces(nodes.redis, phone.accountId);
    expect(traces.length).toBeGreaterThan(10);
    expect(traces.filter((key) => !shown.has(key))).toEqual([]);
  });

  test('no section shows what belongs to another account', async () => {
    const shown = [...storedKeys(sections)];
    expect(shown.filter((key) => key.includes(nodes.owner.accountId))).toEqual([]);
    expect(JSON.stringify(sections)).not.toContain(nodes.owner.accountId);
  });

  test('every stored field of account and device is there, secrets and sealed things by their size', async () => {
    const account = `vant:account:{${phone.accountId}}`;
    const stored = (await nodes.redis.run('HKEYS', account)) as Buffer[];
    expect(Object.keys(fieldsOf('account', 'account'))).toEqual(expect.arrayContaining(stored.map(String)));
    expect(fieldsOf('account', 'account')).toMatchObject({
      role: 'admin',
      profile: 300,
      identityKey: 33,
      inviteId: 32,
    });
    expect(fieldsOf('devices', 'device 2')).toMatchObject({ secretHash: 32, name, connections: 0 });
    expect(fieldsOf('devices', 'device 1')).toMatchObject({ connections: 1, lastSeenDay: expect.any(String) });
    expect(fieldsOf('devices', 'link token')).toMatchObject({ tokenHash: 32 });
    const record = JSON.parse(
      String(await nodes.redis.run('HGET', `vant:devices:{${phone.accountId}}`, '1')),
    ) as object;
    expect(Object.keys(fieldsOf('devices', 'device 1'))).toEqual(expect.arrayContaining(Object.keys(record)));
    expect(fieldsOf('keys', 'device 1')).toMatchObject({ signedPreKeyId: 1, preKeys: 3, kyberPreKeys: 3 });
    expect(section('invites').entries).toHaveLength(2);
    expect(fieldsOf('attachments', 'file')).toMatchObject({ bytes: 64 * 1024 });
  });

  test('how a device is woken is there, and not its address', () => {
    expect(fieldsOf('push', 'push to device 2')).toMatchObject({ kind: 'webPush', isListed: true, want: 2 });
    expect(section('push').entries).toHaveLength(1);
  });

  test('a field that nobody has described is shown all the same', async () => {
    const account = `vant:account:{${phone.accountId}}`;
    await nodes.redis.run('HSET', account, 'shoeSize', '43');
    ({ sections } = await phone.call('getAccountRecords'));
    expect(fieldsOf('account', 'account')).toMatchObject({ shoeSize: '43' });
    await nodes.redis.run('HDEL', account, 'shoeSize');
  });

  test('waiting envelopes are listed with time, type and size, and without a sender', () => {
    expect(fieldsOf('queues', 'queue of device 2')).toMatchObject({ envelopes: 2 });
    expect(fieldsOf('queues', 'queue of device 1')).toMatchObject({ envelopes: 0 });
    const entries = section('queues').entries.filter(({ title }) => title.startsWith('envelope '));
    expect(entries).toHaveLength(2);
    const names = entries.flatMap(({ fields }) => fields.map((field) => field.name));
    expect(new Set(names)).toEqual(
      new Set(
        'type acceptedAt serverTimestamp clientTimestamp messageId content urgent ephemeral expiresAt'.split(' '),
      ),
    );
    expect(fieldsOf('queues', /^envelope /)).toMatchObject({ type: 'UNIDENTIFIED_SENDER', content: 9 });
  });

  test('open connections of all nodes are listed, with the address that the server sees', () => {
    const own = section('connections').entries;
    expect(own.map(({ title }) => title)).toEqual(['connection of device 1', 'connection of device 1']);
    const facts = own.map(({ fields }) => new Map(fields.map((field) => [field.name, field.value])));
    expect(facts.map((fact) => fact.get('receives')).sort()).toEqual([false, true]);
    for (const fact of facts) {
      expect(fact.get('address')).toBe('127.0.0.1');
      expect(fact.get('connectedAt')).toBeLessThanOrEqual(Date.now());
    }
  });

  test('of a long queue the oldest 500 are listed, and it may be asked for so often', async () => {
    const sender = await nodes.owner.connect();
    for (let i = 0; i < 500; i += 50) {
      await Promise.all(Array.from({ length: 50 }, () => sender.send([phone, tablet], 'x')));
    }
    await sender.close();
    ({ sections } = await tablet.call('getAccountRecords'));
    expect(fieldsOf('queues', 'queue of device 2')).toMatchObject({ envelopes: 502, listed: 500 });
    const entries = section('queues').entries.filter(({ title }) => title.endsWith('for device 2'));
    expect(new Set(entries.map(({ title }) => title)).size).toBe(500);
    const codes = new Set<string>();
    for (let i = 0; i < 16 && !codes.has('RATE_LIMITED'); i++) codes.add(await codeOf(phone.call('getAccountRecords')));
    expect(codes).toContain('RATE_LIMITED');
  });

  test('the log is told about as it is set', () => {
    expect(fieldsOf('log', 'settings')).toMatchObject({ 'log.level': 'info' });
  });

  test('nobody is shown anything without credentials', async () => {
    const response = await fetch(`${nodes.one.url}/v1/account/records`);
    expect(response.status).toBe(401);
  });
});
