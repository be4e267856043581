/** Many allocations after and beside each other: nothing stays of them. The TURN thread is a part of this process, so its descriptors are, too. */
import { readdirSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { TurnClient } from '../../../server/turn/client/turn-client.ts';
import { startTurnHost, type TurnHost } from '../../support/turn/turn-host.ts';
import { until } from '../../support/until.ts';

const ROUNDS = 10;
const BESIDE = 100;
let host: TurnHost | undefined;
afterEach(() => host?.stop());

const countDescriptors = (): number => readdirSync('/proc/self/fd').length;

test(`${ROUNDS * BESIDE} allocations: every descriptor and every port comes back`, async () => {
  const running = (host = await startTurnHost({ relayPorts: { min: 28_000, max: 28_000 + BESIDE - 1 } }));
  const clients = await Promise.all(
    Array.from({ length: BESIDE }, (_, index) =>
      running.client(index % 4 === 0 ? 'tcp' : 'udp', `device-${index % 10}`),
    ),
  );
  // So that the other end of each stream is open, too.
  await Promise.all(clients.map((client) => client.bind()));
  const before = countDescriptors();
  const useOnce = async (client: TurnClient) => {
    const relayed = await client.allocate();
    await client.bindChannel(0x4000, relayed);
    await client.createPermission('8.8.8.8', '8.8.4.4');
    expect(await client.refresh(0)).toBe(0);
  };
  for (let round = 0; round < ROUNDS; round++) await Promise.all(clients.map(useOnce));
  // As many ports as clients: each round has needed all of them.
  await until('the last socket to close', () => countDescriptors() <= before);
  expect(running.supervisor.counters).toMatchObject({ allocations: 0, allocationsTotal: ROUNDS * BESIDE });
  for (const client of clients) client.close();
  expect(running.events.filter(({ type }) => type === 'fault')).toEqual([]);
});
