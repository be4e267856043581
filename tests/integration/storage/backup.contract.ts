import { expect, it } from 'vitest';
import { dumpRecords } from '../../../server/storage/backup/dump-records.ts';
import { BACKUP_CLASSES } from '../../../server/storage/backup/kept-keys.ts';
import { deleteReplaced, moveStaged, RecordLoader } from '../../../server/storage/backup/load-records.ts';
import { decodeRecord, encodeRecord, type KeyRecord } from '../../../server/storage/backup/stored-record.ts';
import { createStorageKeys } from '../../../server/storage/keys.ts';
import { createStores, type Stores } from '../../../server/storage/stores.ts';
import type { AccountId } from '../../../wire/ids.ts';
import { newAccount, newAccountId, newHash, primaryOf, type StoreContext } from './store-context.ts';

const FULL = { withQueues: true, withAttachments: true };
let teams = 0;

/** A team under a prefix of its own, beside whatever the other suites leave. */
async function makeTeam({ connection }: StoreContext) {
  const prefix = `team${++teams}:`;
  const stores = createStores(connection, prefix);
  const [owner, member] = [newAccount('owner', [1, 2, 3]), newAccount('member', [1])];
  for (const account of [owner, member]) {
    await stores.accounts.reserve(account.accountId, account.createdAt, 100, false);
    await stores.accounts.create(account);
  }
  await stores.serverKeys.loadOrStore(() => '{"trustRoot":"…"}');
  const { form } = createStorageKeys(prefix);
  await connection.execute(form, ['HSET', form, 'form', '1', 'writtenBy', '0.1.0']);
  return { prefix, stores, owner, member };
}

async function dump({ connection }: StoreContext, prefix: string, extent = FULL): Promise<KeyRecord[]> {
  const records: KeyRecord[] = [];
  const options = { redis: connection, prefix, now: Date.now(), ...extent };
  for await (const record of dumpRecords(options)) records.push(decodeRecord(String(encodeRecord(record))));
  return records;
}

async function stageAll({ connection }: StoreContext, prefix: string, records: readonly KeyRecord[]) {
  const loader = new RecordLoader(connection, prefix);
  await loader.discardStaged();
  for (const record of records) await loader.stage(record);
  return await loader.finishStaging();
}

async function replace(context: StoreContext, prefix: string): Promise<void> {
  await deleteReplaced(context.connection, prefix);
  await moveStaged(context.connection, prefix);
}

async function namesOf({ connection }: StoreContext, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const name of connection.scan(`${prefix}*`)) names.push(name);
  return names.sort();
}

const append = (stores: Stores, accountId: AccountId, text: string) =>
  stores.messages.append(primaryOf(accountId), {
    messageId: Buffer.alloc(16, text),
    envelope: Buffer.from(text),
    isResend: false,
  });

/** Sets and hashes have no order. */
const inOrder = (records: readonly KeyRecord[]) =>
  records
    .map(({ key, type, data, expiresAt }) => {
      const texts = data.map((value) => Buffer.from(value).toString('base64'));
      return { key, type, expiresAt, data: type === 'stream' || type === 'zset' ? texts : texts.sort() };
    })
    .sort((a, b) => a.key.localeCompare(b.key));

export function describeBackup(given: () => StoreContext): void {
  it('puts all that it keeps into another team’s place, bytes and order and all', async () => {
    const context = given();
    const { prefix, stores, owner, member } = await makeTeam(context);
    for (const text of ['one', 'two', 'three']) await append(stores, member.accountId, text);
    await stores.accounts.setProfile(owner.accountId, Buffer.from([0, 255, 10, 13, 128]).toString('base64url'));
    await stores.epochs.next(primaryOf(member.accountId));
    await stores.history.add(Date.now(), {
      ...{ accepted: 1, acceptedBytes: 2, delivered: 3, expired: 4, connections: 5, residentBytes: 6 },
      ...{ eventLoopDelayP99Ms: 1, queued: 0, storageBytes: 1, latencies: new Map() },
    });
    const records = await dump(context, prefix);
    const old = await makeTeam(context);
    await stageAll(context, old.prefix, records);
    // Until it is put in place, the old team stands.
    const ids = [old.owner.accountId, old.member.accountId];
    expect((await old.stores.accounts.listIds()).sort()).toEqual(ids.sort());
    await replace(context, old.prefix);

    expect(inOrder(await dump(context, old.prefix))).toEqual(inOrder(records));
    expect((await old.stores.accounts.listIds()).sort()).toEqual([owner.accountId, member.accountId].sort());
    expect(await old.stores.accounts.load(old.owner.accountId)).toBeUndefined();
    const { entries } = await old.stores.messages.read(primaryOf(member.accountId), '', 10);
    expect(entries.map(({ envelope }) => envelope.toString())).toEqual(['one', 'two', 'three']);
    expect((await namesOf(context, old.prefix)).filter((name) => name.includes('restoring'))).toEqual([]);
    expect(records.map(({ key }) => key)).toEqual(expect.arrayContaining(['form', 'server-keys', 'accounts']));
    // The team that was read, and everybody else on this Redis, is as it was.
    expect((await stores.messages.read(primaryOf(member.accountId), '', 10)).entries).toHaveLength(3);
  });

  it('keeps no one-time keys, no invites and, unless they are wanted, no envelopes; the queue itself is there', async () => {
    const context = given();
    const { prefix, stores, owner, member } = await makeTeam(context);
    await append(stores, member.accountId, 'waits');
    const invite = { inviteId: newHash(), role: 'member', createdAt: 1, expiresAt: Date.now() + 60_000 } as const;
    await stores.invites.add({ ...invite, createdBy: owner.accountId, isSetup: false });
    await stores.accounts.addLinkToken(owner.accountId, newHash(), 60_000);
    await stageAll(context, prefix, await dump(context, prefix, { withQueues: false, withAttachments: false }));
    await replace(context, prefix);

    const device = primaryOf(owner.accountId);
    expect(await stores.keys.count(device)).toEqual({ preKeys: 0, kyberPreKeys: 0 });
    expect((await stores.keys.take(device))?.keys.signedPreKey.keyId).toBe(1);
    expect(await stores.invites.list(0)).toEqual([]);
    expect((await stores.messages.read(primaryOf(member.accountId), '', 10)).entries).toEqual([]);
    expect(await append(stores, member.accountId, 'new')).toMatchObject({ status: 'appended' });
    // What was used up before stays used up: ids go on rising.
    const keys = [2, 3, 4].map((keyId) => ({ keyId, publicKey: Buffer.alloc(33, keyId).toString('base64url') }));
    expect(await stores.keys.upload(device, { preKeys: keys })).toMatchObject({ preKeys: 1 });
  });

  it('leaves out who leaves while it is made, and who has never come to be', async () => {
    const context = given();
    const { prefix, stores, owner, member } = await makeTeam(context);
    const ghost = newAccountId();
    await stores.accounts.reserve(ghost, Date.now(), 100, false);
    const records: KeyRecord[] = [];
    const options = { redis: context.connection, prefix, now: Date.now(), ...FULL };
    let hasLeft = false;
    for await (const record of dumpRecords(options)) {
      records.push(record);
      if (record.account === member.accountId && !hasLeft) hasLeft = await stores.accounts.remove(member.accountId);
    }
    expect(hasLeft).toBe(true);
    expect(await stageAll(context, prefix, records)).toEqual({ accounts: 1 });
    await replace(context, prefix);
    expect(await stores.accounts.listIds()).toEqual([owner.accountId]);
    const names = await namesOf(context, prefix);
    for (const id of [member.accountId, ghost]) expect(names.filter((name) => name.includes(id))).toEqual([]);
  });

  it('may be interrupted while it is put in place, and goes on', async () => {
    const context = given();
    const { prefix, stores, owner } = await makeTeam(context);
    await stageAll(context, prefix, await dump(context, prefix));
    const before = (await namesOf(context, prefix)).filter((name) => !name.includes('restoring'));
    await deleteReplaced(context.connection, prefix);
    await deleteReplaced(context.connection, prefix);
    const staged = await namesOf(context, prefix);
    // One was moved, then the process died.
    await context.connection.execute(staged[0]!, ['RENAME', staged[0]!, toFinal(staged[0]!, prefix)]);
    await moveStaged(context.connection, prefix);
    await moveStaged(context.connection, prefix);
    const isOneTime = (name: string) => /^team\d+:(kyber-)?prekeys:/.test(name);
    expect(await namesOf(context, prefix)).toEqual(before.filter((name) => !isOneTime(name)));
    expect((await stores.accounts.load(owner.accountId))?.role).toBe('owner');
  });

  it('has decided about every kind of key', () => {
    expect(Object.keys(BACKUP_CLASSES).sort()).toEqual(Object.keys(createStorageKeys('')).sort());
  });
}

const toFinal = (staged: string, prefix: string): string => {
  const name = staged.slice(`${prefix}restoring:`.length);
  return name.startsWith('{') ? name.slice(1, -1) : name;
};
