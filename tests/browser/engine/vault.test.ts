/** What opens the messages at rest: this browser, a passphrase, a passkey. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeHex } from '../../../wire/encoding.ts';
import type { Database } from '../../../webui/engine/ports/database.ts';
import { openDatabase } from '../../../webui/engine/ports/database.ts';
import { chooseCost, LEAST_COST, STRONG_COST, stretchPassphrase } from '../../../webui/engine/vault/passphrase-key.ts';
import { createRecordCipher } from '../../../webui/engine/vault/record-cipher.ts';
import type { NewPasskey, VaultProof } from '../../../webui/engine/vault/vault-api.ts';
import { Vault } from '../../../webui/engine/vault/vault.ts';
import { bytes, removeDatabase } from './support.ts';

const SECRET = bytes(1, 2, 3);
const passphrase = (text: string): VaultProof => ({ kind: 'passphrase', passphrase: text });
const passkey = (id: string, output = 7): NewPasskey => ({
  credentialId: id,
  prfSalt: new Uint8Array(32).fill(1),
  prfOutput: new Uint8Array(32).fill(output),
  name: 'Phone',
  createdAt: 1,
});
const proofOf = ({ credentialId, prfOutput }: NewPasskey): VaultProof => ({ kind: 'passkey', credentialId, prfOutput });

/** Seconds less for each test. */
const CHEAP = { memoryKibibytes: 64, passes: 1, lanes: 1 };

let database: Database;
let vault: Vault;
let record: Uint8Array;
beforeEach(async () => {
  database = await openDatabase(() => undefined);
  vault = new Vault(database, navigator.locks, async () => CHEAP);
  record = await createRecordCipher((await vault.open())!).encrypt('t', 'k', SECRET);
});
afterEach(async () => {
  database.close();
  await removeDatabase();
});

/** The same data key, whatever opened it. */
const expectOpens = async (dataKey: CryptoKey | undefined): Promise<void> => {
  expect(dataKey?.extractable).toBe(false);
  expect(await createRecordCipher(dataKey!).decrypt('t', 'k', record)).toEqual(SECRET);
};

describe('the vault', () => {
  it('opens by itself at first, for every tab with the same key', async () => {
    await expectOpens(await vault.open());
    await expectOpens(await new Vault(database, navigator.locks).open());
    expect(await vault.status(false)).toEqual({
      isLocked: false,
      hasPassphrase: false,
      passkeys: [],
      idleMinutes: undefined,
    });
  });

  it('is made once, though two tabs come first', async () => {
    database.close();
    await removeDatabase();
    database = await openDatabase(() => undefined);
    const [one, other] = await Promise.all([1, 2].map(() => new Vault(database, navigator.locks).open()));
    const sealed = await createRecordCipher(one!).encrypt('t', 'k', SECRET);
    expect(await createRecordCipher(other!).decrypt('t', 'k', sealed)).toEqual(SECRET);
  });

  it('takes the passphrase and nothing else, once there is one', async () => {
    await vault.setPassphrase('correct horse');
    expect(await vault.open()).toBeUndefined();
    await expectOpens(await vault.unlock(passphrase('correct horse')));
    await expect(vault.unlock(passphrase('correct hors'))).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await expect(vault.unlock(passphrase(''))).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await expect(vault.unlock(proofOf(passkey('a')))).rejects.toMatchObject({ code: 'WRONG_PASSKEY' });
    const kinds = (await storedWraps()).map(({ kind }) => kind);
    expect(kinds).toEqual(['passphrase']);
  });

  it('does not mind how the keyboard composes characters', async () => {
    await vault.setPassphrase('Z\u00fcrich');
    await expectOpens(await vault.unlock(passphrase('Zu\u0308rich')));
  });

  it('changes the lock only for who can open it', async () => {
    await vault.setPassphrase('one');
    await expect(vault.setPassphrase('two')).rejects.toMatchObject({ code: 'PROOF_NEEDED' });
    await expect(vault.setPassphrase('two', passphrase('no'))).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await expect(vault.removePassphrase(passphrase('no'))).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await vault.setPassphrase('two', passphrase('one'));
    await expect(vault.unlock(passphrase('one'))).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await expectOpens(await vault.unlock(passphrase('two')));
    await vault.removePassphrase(passphrase('two'));
    await expectOpens(await vault.open());
    expect((await storedWraps()).map(({ kind }) => kind)).toEqual(['device']);
  });

  it('opens with each of several passkeys, and with a passphrase beside them', async () => {
    const [phone, laptop] = [passkey('phone', 1), passkey('laptop', 2)];
    await vault.addPasskey(phone);
    expect(await vault.open()).toBeUndefined();
    await vault.addPasskey(laptop, proofOf(phone));
    await vault.setPassphrase('words', proofOf(laptop));
    for (const proof of [proofOf(phone), proofOf(laptop), passphrase('words')])
      await expectOpens(await vault.unlock(proof));
    const wrong: VaultProof = { ...proofOf(phone), prfOutput: laptop.prfOutput } as VaultProof;
    await expect(vault.unlock(wrong)).rejects.toMatchObject({ code: 'WRONG_PASSKEY' });
    expect((await vault.status(true)).passkeys).toEqual(
      [phone, laptop].map(({ credentialId, prfSalt, name, createdAt }) => ({ credentialId, prfSalt, name, createdAt })),
    );
    await vault.removePasskey('phone', passphrase('words'));
    await expect(vault.unlock(proofOf(phone))).rejects.toMatchObject({ code: 'WRONG_PASSKEY' });
    await vault.removePassphrase(proofOf(laptop));
    await vault.removePasskey('laptop', proofOf(laptop));
    await expectOpens(await vault.open());
  });

  it('never loses the key when a change is cut short', async () => {
    // The write fails as it does when the browser is killed before it: nothing of it is there.
    const failing = new Proxy(database, {
      get: (target, name) => {
        if (name === 'transaction') throw new Error('killed');
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    const dying = new Vault(failing, navigator.locks, async () => CHEAP);
    await expect(dying.setPassphrase('new')).rejects.toThrow('killed');
    await expectOpens(await vault.open());
    await vault.setPassphrase('old');
    await expect(dying.setPassphrase('new', passphrase('old'))).rejects.toThrow('killed');
    await expect(dying.removePassphrase(passphrase('old'))).rejects.toThrow('killed');
    await expectOpens(await vault.unlock(passphrase('old')));
  });

  it('keeps the time after which it locks', async () => {
    await vault.setIdleMinutes(15);
    await vault.setPassphrase('words');
    expect((await vault.status(true)).idleMinutes).toBe(15);
    await vault.setIdleMinutes(undefined);
    expect((await vault.status(true)).idleMinutes).toBeUndefined();
  });

  it('gives no key that can be taken along', async () => {
    const dataKey = (await vault.open())!;
    await expect(crypto.subtle.exportKey('raw', dataKey)).rejects.toThrow(DOMException);
    const [wrap] = (await storedWraps()) as readonly { wrappingKey?: CryptoKey }[];
    await expect(crypto.subtle.exportKey('raw', wrap!.wrappingKey!)).rejects.toThrow(DOMException);
  });
});

describe('stretching a passphrase', () => {
  const salt = new Uint8Array(16);

  it('costs what RFC 9106 or OWASP recommend, and is stored with the key', async () => {
    expect([STRONG_COST, LEAST_COST]).toContainEqual(await chooseCost());
    await vault.setPassphrase('words');
    const [wrap] = (await storedWraps()) as readonly { cost?: unknown; salt?: Uint8Array }[];
    expect(wrap?.cost).toEqual(CHEAP);
    expect(wrap?.salt).toHaveLength(16);
  });

  it('gives what others compute for the same', async () => {
    const salt = new TextEncoder().encode('somesalt');
    const key = await stretchPassphrase('password', salt, { memoryKibibytes: 256, passes: 2, lanes: 1 });
    // From the tests of the reference implementation (phc-winner-argon2, test.c, version 0x13).
    expect(encodeHex(key)).toBe('9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe');
  });

  it('refuses a cost that would take the memory of the browser', async () => {
    await expect(stretchPassphrase('a', salt, { ...CHEAP, memoryKibibytes: 256 * 1024 + 1 })).rejects.toThrow(
      RangeError,
    );
    await expect(stretchPassphrase('a', salt, { ...CHEAP, passes: 17 })).rejects.toThrow(RangeError);
    await expect(stretchPassphrase('a', salt, { ...CHEAP, lanes: 9 })).rejects.toThrow(RangeError);
    expect(await stretchPassphrase('a', salt, { ...CHEAP, lanes: 8 })).toHaveLength(32);
  });
});

async function storedWraps(): Promise<readonly { readonly kind: string }[]> {
  return ((await database.get('vault', 'data-key')) as { wraps: { kind: string }[] }).wraps;
}
