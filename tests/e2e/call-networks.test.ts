/** Calls through the whole product between networks behind NAT, and across a change of network: real routers (Linux), real Chromium, a tone
 * for a voice. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../support/appliance.ts';
import {
  accept,
  call,
  expectBothHear,
  fragmentOf,
  hangUp,
  openCaller,
  pathOf,
  untilOver,
  type Caller,
  type CallPath,
} from '../support/callers.ts';
import { createInternet, type Device, type Internet, type Network } from '../support/nat-networks.ts';
import { findNamespaceObstacle } from '../support/turn/network-namespaces.ts';

/** A lost connection is given 2.5 seconds to come back by itself; that it is lost is seen after five. */
const RESTART_MS = 30_000;

const obstacle = findNamespaceObstacle();
if (obstacle !== undefined) process.stdout.write(`Skipped: ${obstacle}. Run the tests as root for it.\n`);

describe.skipIf(obstacle !== undefined)('between two networks behind NAT', () => {
  let internet: Internet;
  let appliance: Appliance;
  let directory: string;
  let cone: Network;
  let otherCone: Network;
  let symmetric: Network;
  let bobsDevice: Device;
  let ada: Caller;
  let bob: Caller;

  beforeAll(async () => {
    internet = await createInternet();
    [cone, otherCone, symmetric] = [
      internet.addNetwork('cone'),
      internet.addNetwork('cone'),
      internet.addNetwork('symmetric'),
    ];
    directory = await makeTemporaryDirectory();
    appliance = await startAppliance({
      namespace: internet.namespace,
      env: {
        VANT_SERVER_LISTEN: `${internet.serverAddress}:8080`,
        VANT_SERVER_PUBLIC_URL: `http://${internet.serverAddress}:8080`,
        VANT_TURN_MODE: 'embedded',
      },
    });
    const { url } = appliance;
    const open = (name: string, hz: number, device: Device, invite: string | Caller): Promise<Caller> =>
      openCaller({
        ...{ name, hz, url, invite, directory },
        executablePath: device.chromium(directory),
        // Without a certificate, which is not what this is about.
        browserArguments: [`--unsafely-treat-insecure-origin-as-secure=${url}`],
      });
    ada = await open('Ada', 440, internet.addDevice(cone), appliance.ownerLink!);
    bobsDevice = internet.addDevice(symmetric);
    bob = await open('Bob', 880, bobsDevice, ada);
  });
  afterAll(async () => {
    await Promise.all([ada, bob].map(({ browser }) => browser.close()));
    await appliance.stop();
    internet.remove();
    await removeDirectory(directory);
  });

  const talk = async (): Promise<void> => {
    await call(ada, bob);
    await accept(bob);
    await expectBothHear(ada, bob);
  };
  const end = async (): Promise<void> => {
    await hangUp(ada);
    await untilOver(ada, bob);
  };
  const isRelayed = ({ local, remote }: CallPath): boolean => local === 'relay' || remote === 'relay';
  /** A call begins with the first way that works, and changes over to a better one. */
  const untilRelayed = (expected: boolean): Promise<void> =>
    expect
      .poll(async () => (await Promise.all([ada, bob].map(pathOf))).map(isRelayed), { timeout: 20_000 })
      .toEqual([expected, expected]);

  it('of which one is symmetric, the relay carries the call', async () => {
    await talk();
    await untilRelayed(true);
    await end();
  });

  it('that both keep their ports, the call goes directly', async () => {
    bobsDevice.moveTo(otherCone);
    await talk();
    await untilRelayed(false);
    await ada.page.getByRole('img', { name: /connection, directly/ }).waitFor();
    await end();
  });

  it('the call goes on when one moves into another network, and finds another way', async () => {
    await talk();
    const before = await Promise.all([ada, bob].map(fragmentOf));
    bobsDevice.moveTo(symmetric);
    await expect.poll(() => fragmentOf(ada), { timeout: RESTART_MS }).not.toBe(before[0]);
    await expect.poll(() => fragmentOf(bob), { timeout: RESTART_MS }).not.toBe(before[1]);
    await expectBothHear(ada, bob);
    await untilRelayed(true);
    await end();
  });

  it('the call waits for one who is without a network for a while, and says so', async () => {
    await talk();
    const reconnecting = [ada, bob].map(({ page }) =>
      page.getByText('Reconnecting …').waitFor({ timeout: RESTART_MS }),
    );
    bobsDevice.leave();
    await Promise.all(reconnecting);
    bobsDevice.moveTo(otherCone);
    await expectBothHear(ada, bob);
    for (const { page } of [ada, bob]) await page.locator('vant-call-view .phase', { hasText: /\d:\d\d/ }).waitFor();
    await end();
    expect([...ada.errors, ...bob.errors]).toEqual([]);
  });
});
