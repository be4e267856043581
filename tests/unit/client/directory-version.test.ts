import * as signal from '@signalapp/libsignal-client';
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Account } from '../../../client/account/account-record.ts';
import { listDirectory, refreshDirectory } from '../../../client/directory/directory.ts';
import { sealProfile } from '../../../client/directory/profile-crypto.ts';
import type { ClientPorts } from '../../../client/ports.ts';
import type { Api } from '../../../client/transport/api.ts';
import type { AccountId } from '../../../wire/ids.ts';
import type { Members } from '../../../wire/schemas.ts';
import { createFakeClock } from './fakes.ts';
import { createMemoryStorage } from './memory-storage.ts';

const random = { bytes: (count: number) => new Uint8Array(randomBytes(count)) };
const teamKey = random.bytes(32);
const ada = '00000000-0000-4000-8000-00000000000a' as AccountId;
const bob = '00000000-0000-4000-8000-00000000000b' as AccountId;

function memberNamed(displayName: string, revision: number): Members['members'][number] {
  const empty = { about: '', avatar: new Uint8Array(), avatarContentType: '', team: undefined };
  const profile = { displayName, identityKey: new Uint8Array(33), revision, ...empty };
  return { accountId: ada, role: 'member', createdAt: 1, profile: sealProfile(signal, random, teamKey, ada, profile) };
}

describe('fetching the member list again', () => {
  const storage = createMemoryStorage();
  const ports = {
    signal,
    storage,
    clock: createFakeClock(),
    log: { write: () => undefined },
  } as unknown as ClientPorts;
  let asked: unknown[];
  let answer: Members;
  const api = {
    call: async (_name: string, input: unknown) => {
      asked.push(input);
      return answer;
    },
  } as unknown as Api;
  const refresh = () => refreshDirectory(ports, api, { teamKey, accountId: bob } as Account);
  const names = async () =>
    (await storage.transaction(listDirectory)).map(({ isMember, profile }) => [profile?.displayName, isMember]);

  beforeEach(() => (asked = []));

  test('the version is sent from the second time on, and "unchanged" keeps what is there', async () => {
    answer = { version: 'one', members: [memberNamed('Ada', 1)] };
    await refresh();
    answer = { version: 'one', members: [], isUnchanged: true };
    await refresh();
    expect(asked).toEqual([{}, { query: { known: 'one' } }]);
    expect(await names()).toEqual([['Ada', true]]);
  });

  test('a new version is merged and remembered', async () => {
    answer = { version: 'two', members: [memberNamed('Ada K.', 2)] };
    await refresh();
    expect(await names()).toEqual([['Ada K.', true]]);
    answer = { version: 'three', members: [] };
    await refresh();
    expect(asked.at(-1)).toEqual({ query: { known: 'two' } });
    expect(await names()).toEqual([['Ada K.', false]]);
  });
});
