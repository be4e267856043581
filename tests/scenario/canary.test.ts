import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeDirectory, startAppliance, type Appliance } from '../support/appliance.ts';
import { findCanaries, placesOf, textMarker, type Marker, type Places } from '../support/canary.ts';
import { RawDevice } from '../support/raw-device.ts';

const newMarker = (name: string): Marker => ({ name, bytes: randomBytes(24) });

describe('the canary, and whether it can sing', () => {
  let appliance: Appliance;
  let owner: RawDevice;
  let bob: RawDevice;
  let token: string;
  beforeAll(async () => {
    appliance = await startAppliance();
    owner = await RawDevice.join(appliance.url, appliance.ownerLink!);
    token = await owner.invite();
    bob = await RawDevice.join(appliance.url, token);
  });
  afterAll(async () => {
    await appliance.stop();
    await removeDirectory(appliance.dataDirectory);
  });

  const look = async (markers: readonly Marker[], only?: (places: Required<Places>) => Places) => {
    const places = await placesOf(appliance);
    return await findCanaries(markers, only?.(places) ?? places);
  };

  test('what is there it finds: in Redis, in the files, in the memory of both processes, in the log', async () => {
    const profile = newMarker('profile');
    await bob.call('putProfile', { body: { profile: Buffer.from(profile.bytes).toString('base64url') } });
    const connection = await bob.connect();
    const markers = [
      profile,
      textMarker(bob.accountId, 'account id'),
      textMarker('Vant is ready', 'a line of the log'),
    ];
    const sightings = await look(markers);
    const placesFor = (name: string) =>
      new Set(sightings.filter(({ marker }) => marker === name).map(({ place }) => place.split(' ')[0]));
    expect(placesFor('profile')).toEqual(new Set(['redis', 'file', 'memory']));
    expect(placesFor('account id')).toEqual(new Set(['redis', 'file', 'memory']));
    expect(placesFor('a line of the log')).toContain('log');
    const { pids } = await placesOf(appliance);
    for (const pid of pids) {
      expect(sightings).toContainEqual({
        marker: 'account id',
        encoding: 'plain',
        place: `memory of process ${pid}`,
      });
    }
    await connection.close();
  });

  test.each(['base64', 'base64url', 'hex', 'utf16le'] as const)('it reads %s, also in the middle', async (encoding) => {
    const marker = newMarker('hidden');
    for (const before of [0, 1, 2]) {
      const around = Buffer.concat([randomBytes(before), marker.bytes, randomBytes(3)]);
      const text =
        encoding === 'utf16le'
          ? Buffer.from(around.toString('latin1'), 'utf16le')
          : Buffer.from(around.toString(encoding));
      await bob.call('putProfile', { body: { profile: text.toString('base64url') } });
      const sightings = await look([marker], ({ redis }) => ({ redis }));
      expect(sightings.length, `${before} bytes before`).toBeGreaterThan(0);
    }
  });

  test('what was never there it does not find', async () => {
    expect(await look([newMarker('never sent')])).toEqual([]);
  });

  test('secrets that pass through the server stay in no key, no file and no line of the log', async () => {
    const [a, b] = [await owner.connect(), await bob.connect()];
    const content = newMarker('content');
    await a.send(bob, Buffer.from(content.bytes));
    await b.untilReceived(1);
    await b.untilFrame('queueDrained');
    for (const connection of [a, b]) await connection.close();
    const secretOf = (device: RawDevice) => device.credentials.split('.')[2]!;
    const markers = [textMarker(token, 'invite token'), textMarker(secretOf(bob), 'device secret')];
    const decoded = [token, secretOf(owner)].map((text, index) => ({
      name: `decoded ${index}`,
      bytes: Buffer.from(text, 'base64url'),
    }));
    expect(
      await look([...markers, ...decoded], ({ redis, dataDirectory, log }) => ({ redis, dataDirectory, log })),
    ).toEqual([]);
    const ids = [owner, bob].map(({ accountId }) => textMarker(accountId, 'account id'));
    expect(await look([...ids, content], ({ log }) => ({ log }))).toEqual([]);
    expect(await look([content], ({ redis }) => ({ redis }))).toEqual([]);
  });
});
