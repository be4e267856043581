import { expect, it } from 'vitest';
import * as engine from '../../../e2ee/index.ts';
import type { AccountId } from '../../../wire/ids.ts';
import { createClient } from '../../../client/client.ts';
import type { SignalLibrary } from '../../../client/ports.ts';
import { deleteSessions } from '../../../client/messaging/sessions.ts';
import { startTeam, untilStatus, untilText } from './support.ts';

it('the client runs on our own engine as it will in a browser, and talks to and heals with native libsignal', async () => {
  const team = await startTeam();
  const ada = await team.join('Ada');
  const bob = await team.open('Bob');
  const ports = { ...bob.ports, signal: engine as unknown as SignalLibrary };
  const client = createClient(ports, { journalPollMs: 50 });
  client.on('message', ({ text, direction }) => direction === 'incoming' && bob.texts.push(text));
  const { link } = await (await ada.client.team()).createInvite({ role: 'member' });
  const account = await client.join({ link, displayName: 'Bob', deviceName: 'browser' });
  Object.assign(bob, { client, id: account.accountId });
  await client.connect({ receive: true });
  for (let turn = 0; turn < 3; turn++) {
    await untilStatus(ada, await ada.client.sendText(bob.id, `a ${turn}`), 'delivered');
    await untilStatus(bob, await client.sendText(ada.id, `b ${turn}`), 'delivered');
  }
  await bob.ports.storage.transaction((tx) => deleteSessions(tx, ada.id as AccountId));
  await untilStatus(ada, await ada.client.sendText(bob.id, 'heal engine'), 'delivered');
  await ada.ports.storage.transaction((tx) => deleteSessions(tx, bob.id as AccountId));
  await untilStatus(bob, await client.sendText(ada.id, 'heal native'), 'delivered');
  await untilText(bob, 'heal engine', ada);
  const [asAda, asBob] = [await ada.client.team(), await client.team()];
  expect(await asAda.safetyNumber(bob.id as AccountId)).toBe(await asBob.safetyNumber(ada.id as AccountId));
  await team.end();
});
