import * as signal from '@signalapp/libsignal-client';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeBase64Url, encodeBase64Url } from '../../../wire/encoding.ts';
import type { AccountId } from '../../../wire/ids.ts';
import { openProvision, sealProvision } from '../../../client/account/provisioning.ts';
import { openDeviceName, sealDeviceName } from '../../../client/devices/device-name.ts';
import { openProfile, sealProfile } from '../../../client/directory/profile-crypto.ts';

const random = { bytes: (count: number) => new Uint8Array(randomBytes(count)) };
const ada = '00000000-0000-4000-8000-00000000000a' as AccountId;
const bob = '00000000-0000-4000-8000-00000000000b' as AccountId;
const teamKey = random.bytes(32);
const profile = {
  displayName: 'Ada',
  identityKey: random.bytes(33),
  revision: 3,
  about: '',
  avatar: new Uint8Array(),
  avatarContentType: '',
  team: undefined,
};

/** Every byte changed once: none of them may open. */
function* damaged(bytes: Uint8Array): Generator<Uint8Array> {
  for (const index of bytes.keys()) {
    const copy = bytes.slice();
    copy[index]! ^= 1;
    yield copy;
  }
}

describe('a profile', () => {
  const sealed = sealProfile(signal, random, teamKey, ada, profile);

  it('is readable with the team key, for its own account only', () => {
    expect(openProfile(signal, teamKey, ada, sealed)).toEqual(profile);
    expect(openProfile(signal, teamKey, bob, sealed)).toBeUndefined();
    expect(openProfile(signal, random.bytes(32), ada, sealed)).toBeUndefined();
  });

  it('does not open when a byte was changed, or when it is not one', () => {
    for (const blob of damaged(decodeBase64Url(sealed))) {
      expect(openProfile(signal, teamKey, ada, encodeBase64Url(blob))).toBeUndefined();
    }
    expect(openProfile(signal, teamKey, ada, '')).toBeUndefined();
    expect(openProfile(signal, teamKey, ada, '!')).toBeUndefined();
  });

  it('has the same size for names of different lengths', () => {
    const longer = sealProfile(signal, random, teamKey, ada, { ...profile, displayName: 'Ada King, of Lovelace' });
    expect(longer).toHaveLength(sealed.length);
  });
});

describe('a provisioning envelope', () => {
  const privateKey = signal.PrivateKey.generate();
  const address = random.bytes(32);
  const target = { address, publicKey: privateKey.getPublicKey().serialize() };
  const message = {
    accountId: random.bytes(16),
    identityPublicKey: random.bytes(33),
    identityPrivateKey: random.bytes(32),
    teamKey,
    teamKeyId: 3,
    formerTeamKeys: [{ id: 2, key: random.bytes(32) }],
    linkToken: random.bytes(32),
  };
  const envelope = sealProvision(signal, target, message);

  it('opens for the device that showed the key, at its address', () => {
    expect(openProvision(signal, { address, privateKey: privateKey.serialize() }, envelope)).toEqual(message);
  });

  it('opens for nobody else', () => {
    const other = signal.PrivateKey.generate().serialize();
    expect(() => openProvision(signal, { address, privateKey: other }, envelope)).toThrow();
    const elsewhere = { address: random.bytes(32), privateKey: privateKey.serialize() };
    expect(() => openProvision(signal, elsewhere, envelope)).toThrow();
  });
});

describe('the name of a device', () => {
  const makeOwner = () => {
    const pair = signal.IdentityKeyPair.generate();
    return { identityPublicKey: pair.publicKey.serialize(), identityPrivateKey: pair.privateKey.serialize() };
  };

  it('is readable with the identity key of the account only', () => {
    const owner = makeOwner();
    const sealed = sealDeviceName(signal, random, owner, 'laptop');
    expect(openDeviceName(signal, owner, sealed)).toBe('laptop');
    expect(openDeviceName(signal, makeOwner(), sealed)).toBeUndefined();
    expect(openDeviceName(signal, owner, 'AA')).toBeUndefined();
  });
});
