import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeDirectory, startAppliance, type Appliance } from '../../support/appliance.ts';
import { Fcm, fail } from '../../support/push/fcm.ts';
import { pushEnvironment } from '../../support/push/push-environment.ts';
import { PushService } from '../../support/push/push-service.ts';
import { until } from '../../support/until.ts';
import { createCli } from './cli-process.ts';
import { startTeam, untilText, type Team, type TestClient } from './support.ts';

describe('a client and its push address', () => {
  let service: PushService;
  let google: Fcm;
  let appliance: Appliance;
  let team: Team;
  let ada: TestClient;
  let bob: TestClient;
  beforeAll(async () => {
    [service, google] = await Promise.all([PushService.start(), Fcm.start()]);
    appliance = await startAppliance({ env: { ...pushEnvironment(), ...google.environment() } });
    team = await startTeam(appliance);
    ada = await team.join('Ada');
    bob = await team.join('Bob');
  });
  afterAll(async () => {
    await team.end();
    await appliance.stop();
    await removeDirectory(appliance.dataDirectory);
    await service.stop();
    await google.stop();
  });

  test('asks what there is, registers, and is woken when it is away, by a text and not by a receipt', async () => {
    const push = await bob.client.push();
    const { kinds, vapidPublicKey } = await push.offer();
    expect(kinds).toEqual(['webPush', 'unifiedPush', 'fcm']);
    expect(vapidPublicKey).toMatch(/^[\w-]{87}$/);
    const subscription = service.subscribe();
    const address = { webPush: subscription.address };
    expect(await push.isRegistered(address)).toBe(false);
    await push.register(address);
    expect(await push.isRegistered(address)).toBe(true);
    expect(await push.isRegistered({ webPush: service.subscribe().address })).toBe(false);

    const google2 = google.newToken();
    await (await ada.client.push()).register({ fcm: { token: google2 } });
    await bob.client.close();
    await ada.client.sendText(bob.id, 'wake up');
    await until('a wake', () => subscription.pushes.length === 1);
    await ada.client.close();
    await bob.client.connect({ receive: true });
    await untilText(bob, 'wake up', ada);
    expect(await bob.client.flush(10_000)).toBe(true);
    // What Ada gets is the receipt: not urgent, so a quiet wake.
    await until('a quiet wake', () => google.received.length === 1);
    expect(google.received[0]?.android.priority).toBe('NORMAL');
    await ada.client.connect({ receive: true });
    expect(service.complaints).toEqual([]);
  });

  test('tests itself, timed to the arrival', async () => {
    const subscription = service.subscribe();
    const push = await bob.client.push();
    await push.register({ webPush: subscription.address });
    const arrival = until('the wake', () => subscription.pushes.length === 1);
    const report = await push.test(arrival);
    expect(report).toMatchObject({ isAccepted: true, detail: '201', arrivalMs: expect.any(Number) });
    expect(report.steps.map(({ name }) => name)).toContain('answer');
    expect((await push.test(new Promise(() => undefined), 10)).arrivalMs).toBeUndefined();
    expect((await push.test()).arrivalMs).toBeUndefined();
  });

  test('hears that its address was dropped, and why', async () => {
    const token = google.newToken();
    google.dead.set(token, fail(404, 'NOT_FOUND', 'UNREGISTERED'));
    const push = await bob.client.push();
    await push.register({ fcm: { token } });
    expect(await push.test()).toMatchObject({ isAccepted: false, detail: '404 UNREGISTERED' });
    expect(await push.registration()).toEqual({ dropped: { reason: '404 UNREGISTERED', at: expect.any(Number) } });
    const reasons: string[] = [];
    bob.client.on('pushAddressDropped', ({ reason }) => reasons.push(reason));
    await bob.client.close();
    await bob.client.connect({ receive: true });
    await until('the news', () => reasons.length > 0);
    expect(reasons).toEqual(['404 UNREGISTERED']);
    await push.remove();
    expect(await push.registration()).toEqual({});
  });

  test('vant doctor push goes the whole way for an identity of this machine', async () => {
    const config = join(team.directory, 'doctor.yaml');
    const off = '{ enabled: false }';
    writeFileSync(
      config,
      `server: { public_url: ${appliance.url} }\nstorage: { data_dir: ${appliance.dataDirectory} }\n` +
        `push: { web_push: ${off}, unified_push: ${off} }\n`,
    );
    const cli = createCli(join(team.directory, 'cli'));
    const { link } = await (await ada.client.team()).createInvite({ role: 'member' });
    expect(await cli.run(['join', link, '--name', 'Carla'])).toMatchObject({ code: 0 });
    const untested = await cli.run(['doctor', 'push', '--config', config, '--json']);
    expect(untested).toMatchObject({ code: 0, stderr: '' });
    const findings = untested.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(findings.map(({ check, status }) => [check, status])).toEqual([
      ['secret key', 'ok'],
      ['kinds of push', 'warning'],
      ['the running server', 'warning'],
      ['a wake to this device', 'ok'],
    ]);
    for (const finding of findings) {
      expect(Object.keys(finding)).toEqual(expect.arrayContaining(['check', 'status', 'seen', 'option', 'ms']));
    }
    const plain = await cli.run(['doctor', '--config', config]);
    expect(plain.stdout).toMatch(/warning {2}kinds of push .*\n +=.*\n +=.* option push/);
  });
});
