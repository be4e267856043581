import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AccountId } from '../../../wire/ids.ts';
import { deleteSessions } from '../../../client/messaging/sessions.ts';
import { copyStore, nextEvent, startTeam, untilStatus, untilText, type Team, type TestClient } from './support.ts';

describe('a broken session heals itself', () => {
  let team: Team;
  let ada: TestClient;
  let bob: TestClient;
  let round = 0;

  beforeAll(async () => {
    team = await startTeam();
    ada = await team.join('Ada');
    bob = await team.join('Bob');
  });
  beforeEach(async () => {
    round++;
    await talk();
  });
  afterAll(() => team.end());

  /** A few turns, so that both sides have confirmed the session. */
  async function talk(): Promise<void> {
    for (let turn = 0; turn < 2; turn++) {
      await ada.client.sendText(bob.id, `a ${round} ${turn}`);
      await untilText(bob, `a ${round} ${turn}`, ada);
      await bob.client.sendText(ada.id, `b ${round} ${turn}`);
      await untilText(ada, `b ${round} ${turn}`, bob);
    }
  }

  it('when the recipient has lost it', async () => {
    await bob.ports.storage.transaction((tx) => deleteSessions(tx, ada.id as AccountId));
    const sent = await ada.client.sendText(bob.id, 'can you read this?');
    const received = await untilText(bob, 'can you read this?', ada);
    expect(received).toMatchObject({ id: sent.id, timestamp: sent.timestamp });
    await untilStatus(ada, sent, 'delivered');
    expect(bob.log.some((line) => line.includes('healing.requested'))).toBe(true);
    expect(bob.texts.filter((text) => text === 'can you read this?')).toHaveLength(1);
    await talk();
  });

  it('when the sender has lost it, without asking', async () => {
    await ada.ports.storage.transaction((tx) => deleteSessions(tx, bob.id as AccountId));
    const sent = await ada.client.sendText(bob.id, 'a new session');
    await untilText(bob, 'a new session', ada);
    await untilStatus(ada, sent, 'delivered');
    await talk();
  });

  it('when the recipient was rolled back to an old backup', async () => {
    await bob.close();
    await copyStore(bob.directory, join(team.directory, 'backup'));
    bob = await team.open('Bob');
    await bob.client.connect({ receive: true });
    round = 100;
    await talk();
    round = 101;
    await talk();
    await bob.close();
    await copyStore(join(team.directory, 'backup'), join(team.directory, 'Bob-restored'));
    bob = await team.open('Bob-restored');
    await bob.client.connect({ receive: true });
    const sent = await ada.client.sendText(bob.id, 'after the restore');
    await untilText(bob, 'after the restore', ada);
    await untilStatus(ada, sent, 'delivered');
    round = 102;
    await talk();
  });

  it('when the sender was rolled back to an old backup, and uses message keys a second time', async () => {
    await ada.close();
    await copyStore(ada.directory, join(team.directory, 'ada-backup'));
    ada = await team.open('Ada');
    await ada.client.connect({ receive: true });
    for (const text of ['one', 'two', 'three']) {
      await untilStatus(ada, await ada.client.sendText(bob.id, text), 'delivered');
    }
    await ada.close();
    await copyStore(join(team.directory, 'ada-backup'), join(team.directory, 'Ada-restored'));
    ada = await team.open('Ada-restored');
    await ada.client.connect({ receive: true });
    const sent = await ada.client.sendText(bob.id, 'four');
    await untilText(bob, 'four', ada);
    await untilStatus(ada, sent, 'delivered');
    round = 103;
    await talk();
  });

  it('when both have lost it and write at the same moment', async () => {
    await ada.ports.storage.transaction((tx) => deleteSessions(tx, bob.id as AccountId));
    await bob.ports.storage.transaction((tx) => deleteSessions(tx, ada.id as AccountId));
    const [fromAda, fromBob] = await Promise.all([
      ada.client.sendText(bob.id as AccountId, 'first!'),
      bob.client.sendText(ada.id as AccountId, 'no, me!'),
    ]);
    await Promise.all([untilText(bob, 'first!', ada), untilText(ada, 'no, me!', bob)]);
    await untilStatus(ada, fromAda, 'delivered');
    await untilStatus(bob, fromBob, 'delivered');
    await talk();
  });

  it('for many messages that came while it was broken, each once', async () => {
    await bob.close();
    const texts = Array.from({ length: 10 }, (_, index) => `queued ${index}`);
    for (const text of texts) await ada.client.sendText(bob.id, text);
    await ada.client.flush(10_000);
    bob = await team.open('Bob-restored');
    await bob.ports.storage.transaction((tx) => deleteSessions(tx, ada.id as AccountId));
    const last = nextEvent(bob, 'message', () => texts.every((text) => bob.texts.includes(text)));
    await bob.client.connect({ receive: true });
    await last;
    expect(bob.texts.filter((text) => text.startsWith('queued ')).sort()).toEqual(texts);
    await talk();
  });
});
