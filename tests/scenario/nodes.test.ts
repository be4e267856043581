import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAppliance, type Appliance } from '../support/appliance.ts';
import { messagesFrom, PersistentReceiver, PersistentSender } from '../support/persistent-clients.ts';
import { RawDevice } from '../support/raw-device.ts';
import type { RedisProcess } from '../support/redis-process.ts';
import { startSingleRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

describe('several nodes on one Redis', () => {
  let redis: RedisProcess;
  let env: Record<string, string>;
  beforeAll(async () => {
    redis = await startSingleRedis();
    env = {
      VANT_REDIS_MODE: 'external',
      VANT_REDIS_EXTERNAL_URL: redis.url,
      VANT_LIMITS_SEND_PER_DEVICE: 'off',
      VANT_LIMITS_SEND_PER_ACCOUNT: 'off',
      VANT_LIMITS_CONNECTS_PER_ADDRESS: 'off',
      VANT_LOG_LEVEL: 'warn',
    };
  });
  afterAll(() => redis.stop());

  test('clients of killed nodes come back on others; nothing accepted is lost, or comes twice to the user', async () => {
    const first = await startAppliance({ env });
    const owner = await RawDevice.join(first.url, first.ownerLink!);
    const nodes: Appliance[] = [first, await startAppliance({ env }), await startAppliance({ env })];
    // Round robin: what a client of a balancer sees.
    let next = 0;
    const locate = () => nodes[next++ % nodes.length]!.url;
    const recipient = await owner.inviteAndJoin();
    const receiver = new PersistentReceiver(recipient, locate);
    const names = ['anna', 'bert', 'carla'];
    const senders: PersistentSender[] = [];
    for (const name of names) senders.push(new PersistentSender(name, await owner.inviteAndJoin(), recipient, locate));
    receiver.start();
    for (const sender of senders) sender.start();
    const countAccepted = () => senders.reduce((sum, { accepted }) => sum + accepted.length, 0);

    for (let round = 0; round < 5; round++) {
      const target = countAccepted() + 100;
      await until(`${target} accepted`, () => countAccepted() >= target, 30_000);
      const victim = nodes[round % nodes.length]!;
      if (round % 2 === 0) await victim.kill();
      else await victim.stop();
      nodes[round % nodes.length] = await startAppliance({ env });
    }
    for (const sender of senders) await sender.stop();
    await receiver.untilReceived(countAccepted());
    for (const [index, name] of names.entries()) {
      expect(messagesFrom(receiver.inbox, name), name).toEqual(senders[index]!.accepted);
    }
    await receiver.stop();
    for (const node of nodes) expect(await node.stop()).toBe(0);
  });
});
