import { decodeBase64Url } from '../../../wire/encoding.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeDirectory, startAppliance, type Appliance } from '../../support/appliance.ts';
import { pushEnvironment } from '../../support/push/push-environment.ts';
import { PushService } from '../../support/push/push-service.ts';
import { until } from '../../support/until.ts';
import { findCanaries, placesOf, textMarker, type Marker } from '../../support/canary.ts';
import { startTeam, untilStatus, untilText, type Team, type TestClient } from './support.ts';

/** Known names and words go through everything that the product does; then they are looked for in everything that the server
 * has (Redis, its files, the log, the memory of both processes) and in all that went to a push service. */
describe('what the server never has', () => {
  let service: PushService;
  let appliance: Appliance;
  let team: Team;
  let ada: TestClient;
  let bob: TestClient;
  beforeAll(async () => {
    service = await PushService.start();
    appliance = await startAppliance({ env: pushEnvironment() });
    team = await startTeam(appliance);
    ada = await team.join('Canary-Name-Ada');
    bob = await team.join('Canary-Name-Bob');
  });
  afterAll(async () => {
    await team.end();
    await appliance.stop();
    await removeDirectory(appliance.dataDirectory);
    await service.stop();
  });

  test('names, texts, edits, reactions, device names, keys: searched while they wait, and after they have arrived', async () => {
    const tablet = await team.link(ada, 'Canary-Device-Tablet');
    const online = await ada.client.sendText(bob.id, 'canary-text-online');
    await untilText(bob, 'canary-text-online', ada);
    await untilStatus(ada, online, 'delivered');
    await untilText(tablet, 'canary-text-online', bob);

    await (await bob.client.push()).register({ webPush: service.subscribe().address });
    await bob.close();
    await ada.client.sendText(bob.id, 'canary-text-offline');
    await ada.client.sendContent(bob.id, {
      $case: 'reaction',
      value: {
        target: { author: new Uint8Array(16), messageId: new Uint8Array(16) },
        emoji: 'canary-reaction',
        remove: false,
      },
    });
    expect(await ada.client.flush(20_000)).toBe(true);

    const account = (await ada.client.account())!;
    const markers: Marker[] = [
      ...['Canary-Name-Ada', 'Canary-Name-Bob', 'Canary-Device-Tablet'].map((text) => textMarker(text)),
      ...['canary-text-online', 'canary-text-offline', 'canary-reaction'].map((text) => textMarker(text)),
      { name: 'team key', bytes: account.teamKey },
      { name: 'identity private key', bytes: account.identityPrivateKey },
    ];
    // The control of this very search: what the server does know, it finds.
    const control = [
      textMarker(account.accountId, 'account id'),
      { name: 'identity public key', bytes: account.identityPublicKey },
    ];
    await until('a push', () => service.total === 1);
    const waiting = await findCanaries([...markers, ...control], await placesOf(appliance));
    expect(waiting.filter(({ marker }) => control.every(({ name }) => name !== marker))).toEqual([]);
    for (const { name } of control) {
      const places = waiting.filter(({ marker }) => marker === name).map(({ place }) => place.split(' ')[0]);
      expect(new Set(places)).toEqual(new Set(['redis', 'file', 'memory']));
    }

    // Whoever runs the push service has, of all that, not even the ids; the control is what it has been sent.
    const pushed = { log: Buffer.concat(service.raw).toString('latin1') };
    const sent = { name: 'the payload', bytes: Buffer.from('{"vant":"wake"}') };
    expect(await findCanaries([...markers, ...control, sent], pushed)).toEqual([
      expect.objectContaining({ marker: 'the payload' }),
    ]);

    bob = await team.open('Canary-Name-Bob');
    await bob.client.connect({ receive: true });
    await untilText(bob, 'canary-text-offline', ada);
    await ada.client.flush(20_000);
    expect(await findCanaries(markers, await placesOf(appliance))).toEqual([]);
  });

  test('the secret of a device is nowhere in Redis, its files and the log', async () => {
    const { deviceSecret } = (await ada.client.account())!;
    const markers = [textMarker(deviceSecret, 'text'), { name: 'bytes', bytes: decodeBase64Url(deviceSecret) }];
    const { redis, dataDirectory, log } = await placesOf(appliance);
    expect(await findCanaries(markers, { redis, dataDirectory, log })).toEqual([]);
  });
});
