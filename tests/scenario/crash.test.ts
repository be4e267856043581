import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { findFreePort } from '../support/free-port.ts';
import { removeDirectory, startAppliance, type Appliance } from '../support/appliance.ts';
import { messagesFrom, PersistentReceiver, PersistentSender } from '../support/persistent-clients.ts';
import { RawDevice } from '../support/raw-device.ts';
import { until } from '../support/until.ts';

const ROUNDS = Number(process.env['VANT_CRASH_ROUNDS'] ?? 12);
const env = {
  VANT_LIMITS_SEND_PER_DEVICE: 'off',
  VANT_LIMITS_SEND_PER_ACCOUNT: 'off',
  VANT_LIMITS_CONNECTS_PER_ADDRESS: 'off',
  VANT_LOG_LEVEL: 'warn',
};

async function killRedis(appliance: Appliance): Promise<void> {
  process.kill(await appliance.redisPid(), 'SIGKILL');
}

test('whatever dies under load, what the sender saw accepted arrives once and in order', async () => {
  const port = await findFreePort();
  let appliance = await startAppliance({ port, env });
  const { dataDirectory } = appliance;
  const restart = async () => {
    appliance = await startAppliance({ port, env, dataDirectory });
  };
  const kills = [
    async () => {
      await appliance.kill();
      await restart();
    },
    () => killRedis(appliance),
    async () => {
      await killRedis(appliance);
      await appliance.kill();
      await restart();
    },
  ];
  const owner = await RawDevice.join(appliance.url, appliance.ownerLink!);
  const recipient = await owner.inviteAndJoin();
  const url = owner.url;
  const names = ['anna', 'bert', 'carla', 'dora'];
  const senders: PersistentSender[] = [];
  for (const name of names) {
    senders.push(new PersistentSender(name, await owner.inviteAndJoin(), recipient, () => url));
  }
  const receiver = new PersistentReceiver(recipient, () => url);
  receiver.start();
  for (const sender of senders) sender.start();
  const countAccepted = () => senders.reduce((sum, { accepted }) => sum + accepted.length, 0);

  for (let round = 0; round < ROUNDS; round++) {
    const target = countAccepted() + randomInt(1, 150);
    await until(`${target} accepted in round ${round}`, () => countAccepted() >= target, 30_000);
    await kills[round % kills.length]!();
  }
  const target = countAccepted() + 20;
  await until(`${target} accepted at the end`, () => countAccepted() >= target, 30_000);
  for (const sender of senders) await sender.stop();
  await receiver.untilReceived(countAccepted());

  for (const [index, name] of names.entries()) {
    expect(messagesFrom(receiver.inbox, name), name).toEqual(senders[index]!.accepted);
  }
  await receiver.stop();
  expect(await appliance.stop()).toBe(0);
  await removeDirectory(dataDirectory);
});
