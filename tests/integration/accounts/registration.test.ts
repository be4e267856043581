import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IdentityKeyPair } from '@signalapp/libsignal-client';
import { hashSecret } from '../../../server/devices/device-secret.ts';
import type { DeviceRegistration } from '../../../wire/schemas.ts';
import { call, codeOf, createRegistration, newSecret, RawDevice } from '../../support/raw-device.ts';
import { findTraces, startTwoNodes, type TwoNodes } from '../../support/two-nodes.ts';

describe('registration', () => {
  let nodes: TwoNodes;
  let owner: RawDevice;
  let offsetMs = 0;
  beforeAll(async () => {
    nodes = await startTwoNodes({ VANT_LIMITS_MAX_ACCOUNTS: '30' }, { now: () => Date.now() + offsetMs });
    owner = nodes.owner;
  });
  afterAll(() => nodes.stop());

  const register = (url: string, inviteToken: string, device: DeviceRegistration, deviceSecret = newSecret()) =>
    call(url, 'register', { body: { inviteToken, deviceSecret, device } });

  test('a hundred redemptions of one invite at once make one account', async () => {
    const token = await owner.invite();
    const device = createRegistration(IdentityKeyPair.generate(), 1);
    const urls = [nodes.one.url, nodes.two.url];
    const attempts = Array.from({ length: 100 }, (_, index) => codeOf(register(urls[index % 2]!, token, device)));
    const codes = await Promise.all(attempts);
    expect(codes.filter((code) => code === 'done')).toHaveLength(1);
    expect(new Set(codes)).toEqual(new Set(['done', 'INVITE_INVALID']));
    expect((await owner.call('listMembers')).members).toHaveLength(2);
  });

  test('the same request gets the same account, as often as it is made, on any node', async () => {
    const token = await owner.invite('admin');
    const secret = newSecret();
    const device = createRegistration();
    const urls = [nodes.one.url, nodes.two.url];
    const answers = await Promise.all([0, 1, 2, 3].map((n) => register(urls[n % 2]!, token, device, secret)));
    expect(new Set(answers.map(({ accountId }) => accountId)).size).toBe(1);
    expect(answers[0]).toMatchObject({ role: 'admin', deviceId: 1 });
  });

  test('an invite expires, and is known to Redis only as a hash', async () => {
    const token = await owner.invite();
    expect(await findTraces(nodes.redis, token)).toEqual([]);
    expect(await findTraces(nodes.redis, hashSecret(token))).not.toEqual([]);
    offsetMs = -61_000;
    const expired = await owner.invite('member', 60);
    offsetMs = -59_000;
    const valid = await owner.invite('member', 60);
    offsetMs = 0;
    expect(await codeOf(register(nodes.one.url, expired, createRegistration()))).toBe('INVITE_INVALID');
    expect(await codeOf(register(nodes.one.url, valid, createRegistration()))).toBe('done');
    expect(await codeOf(register(nodes.one.url, newSecret(), createRegistration()))).toBe('INVITE_INVALID');
  });

  test('a revoked invite opens nothing; one invite cannot be made twice by two', async () => {
    const token = await owner.invite();
    await owner.call('revokeInvite', { params: { inviteId: hashSecret(token) } });
    expect(await codeOf(register(nodes.two.url, token, createRegistration()))).toBe('INVITE_INVALID');
    const admin = await RawDevice.join(nodes.one.url, await owner.invite('admin'));
    const body = { tokenHash: hashSecret(await owner.invite()), role: 'member' };
    expect(await codeOf(admin.call('createInvite', { body }))).toBe('CONFLICT');
    expect(
      await codeOf(
        admin.call('createInvite', { body: { ...body, tokenHash: hashSecret(newSecret()), role: 'owner' } }),
      ),
    ).toBe('FORBIDDEN');
    const member = await owner.inviteAndJoin();
    expect((await member.call('listInvites')).invites).toEqual([]);
  });

  test('the member list has a version that changes with members, roles and profiles, and with nothing else', async () => {
    const list = (known?: string) => owner.call('listMembers', known === undefined ? {} : { query: { known } });
    const member = await owner.inviteAndJoin();
    const first = await list();
    expect(await list(first.version)).toEqual({ version: first.version, members: [], isUnchanged: true });
    await member.linkDevice();
    expect((await list(first.version)).isUnchanged).toBe(true);
    const params = { accountId: member.accountId };
    const seen = [first.version];
    const changes = [
      () => member.call('putProfile', { body: { profile: 'b25l' } }),
      () => member.call('putProfile', { body: { profile: 'dHdv' } }),
      () => owner.call('setRole', { params, body: { role: 'admin' } }),
      () => owner.call('removeAccount', { params }),
    ];
    for (const change of changes) {
      await change();
      const next = await list(seen.at(-1));
      expect(next.isUnchanged).toBeUndefined();
      expect(seen).not.toContain(next.version);
      expect((await list(next.version)).isUnchanged).toBe(true);
      seen.push(next.version);
    }
    expect((await list('nonsense')).members.length).toBe((await list()).members.length);
    expect(await codeOf(list('x'.repeat(65)))).toBe('BAD_REQUEST');
  });

  test('owners and admins see all invites, used ones by whom; a member sees and revokes only those of their own', async () => {
    const open = await startTwoNodes({ VANT_INVITES_ALLOW_MEMBERS: 'true' });
    try {
      const member = await open.owner.inviteAndJoin();
      const ofOwner = hashSecret(await open.owner.invite('admin'));
      const own = hashSecret(await member.invite());
      const listed = (await open.owner.call('listInvites')).invites;
      expect(listed.map(({ role, createdBy, usedBy }) => ({ role, createdBy, usedBy }))).toEqual(
        expect.arrayContaining([
          { role: 'member', createdBy: undefined, usedBy: member.accountId },
          { role: 'admin', createdBy: open.owner.accountId, usedBy: undefined },
          { role: 'member', createdBy: member.accountId, usedBy: undefined },
        ]),
      );
      expect(listed).toHaveLength(3);
      expect((await member.call('listInvites')).invites.map(({ inviteId }) => inviteId)).toEqual([own]);
      const revoke = (device: RawDevice, inviteId: string) =>
        codeOf(device.call('revokeInvite', { params: { inviteId } }));
      expect(await revoke(member, ofOwner)).toBe('NOT_FOUND');
      expect(await revoke(member, own)).toBe('done');
      expect(await revoke(member, own)).toBe('NOT_FOUND');
      expect(await revoke(open.owner, ofOwner)).toBe('done');
    } finally {
      await open.stop();
    }
  });

  test('every key and every signature is verified, and a refused request does not use up the invite', async () => {
    const token = await owner.invite();
    const good = createRegistration();
    const flip = (text: string) => {
      const bytes = Buffer.from(text, 'base64url');
      bytes[40 % bytes.length]! ^= 1;
      return bytes.toString('base64url');
    };
    const random = (length: number) => randomBytes(length).toString('base64url');
    const [first] = good.kyberPreKeys;
    const bad: [string, string, Partial<DeviceRegistration>][] = [
      ['INVALID_KEY', 'identityKey', { identityKey: random(33).replace(/^../, 'AA') }],
      [
        'INVALID_SIGNATURE',
        'signedPreKey',
        { signedPreKey: { ...good.signedPreKey, signature: flip(good.signedPreKey.signature) } },
      ],
      ['INVALID_SIGNATURE', 'signedPreKey', { identityKey: createRegistration().identityKey }],
      [
        'INVALID_SIGNATURE',
        'lastResortKyberPreKey',
        { lastResortKyberPreKey: { ...good.lastResortKyberPreKey, signature: random(64) } },
      ],
      [
        'INVALID_KEY',
        'lastResortKyberPreKey',
        { lastResortKyberPreKey: { ...good.lastResortKyberPreKey, publicKey: random(1569).replace(/^../, 'AA') } },
      ],
      [
        'INVALID_KEY',
        'preKeys[1]',
        {
          preKeys: good.preKeys.map((key, i) =>
            i === 1 ? { ...key, publicKey: random(33).replace(/^../, 'AA') } : key,
          ),
        },
      ],
      ['INVALID_SIGNATURE', 'kyberPreKeys[0]', { kyberPreKeys: [{ ...first!, signature: flip(first!.signature) }] }],
      ['BAD_REQUEST', 'preKeys', { preKeys: [good.preKeys[1]!, good.preKeys[0]!] }],
      ['BAD_REQUEST', 'registrationId', { registrationId: 16384 }],
      ['BAD_REQUEST', 'registrationId', { registrationId: 0 }],
      ['BAD_REQUEST', 'signature', { signedPreKey: { ...good.signedPreKey, signature: random(63) } }],
      [
        'BAD_REQUEST',
        'preKeys',
        { preKeys: Array.from({ length: 101 }, (_, i) => ({ ...good.preKeys[0]!, keyId: i })) },
      ],
    ];
    for (const [code, field, change] of bad) {
      const failure = await register(nodes.one.url, token, { ...good, ...change }).catch((error: unknown) => error);
      expect(failure, field).toMatchObject({ body: { code } });
      expect((failure as { body: { detail?: string } }).body.detail).toContain(field);
    }
    expect(await codeOf(register(nodes.one.url, token, good))).toBe('done');
  });

  test('the team has so many members and not one more', async () => {
    const present = (await owner.call('listMembers')).members.length;
    const tokens = await Promise.all(Array.from({ length: 30 - present + 3 }, () => owner.invite()));
    const device = createRegistration(IdentityKeyPair.generate(), 0);
    const codes = await Promise.all(tokens.map((token) => codeOf(register(nodes.two.url, token, device))));
    expect(codes.filter((code) => code === 'done')).toHaveLength(30 - present);
    expect(codes.filter((code) => code === 'TEAM_FULL')).toHaveLength(3);
  });
});
