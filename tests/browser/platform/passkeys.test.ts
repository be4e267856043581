/** Passkeys with Chromium's virtual authenticator, which has the PRF extension, and one that has not. */
import { afterEach, describe, expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import { openDatabase, type Database } from '../../../webui/engine/ports/database.ts';
import { Vault } from '../../../webui/engine/vault/vault.ts';
import { askForPasskey, createPasskey, PasskeyRefused, PasskeyUnsuitable } from '../../../webui/platform/passkeys.ts';
import { removeDatabase } from '../engine/support.ts';

const session = cdp() as unknown as { send<T>(method: string, parameters?: object): Promise<T> };
let database: Database | undefined;

async function addAuthenticator(options: object = {}): Promise<void> {
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      hasPrf: true,
      ...options,
    },
  });
}

afterEach(async () => {
  await session.send('WebAuthn.disable');
  database?.close();
  database = undefined;
  await removeDatabase();
});

describe('a passkey', () => {
  it('locks the vault and opens it again, with the same secret each time', async () => {
    await addAuthenticator();
    database = await openDatabase(() => undefined);
    const vault = new Vault(database, navigator.locks);
    await vault.open();
    const passkey = await createPasskey('Ada');
    expect(passkey.prfOutput).toHaveLength(32);
    await vault.addPasskey(passkey);
    expect(await vault.open()).toBeUndefined();
    const { passkeys } = await vault.status(true);
    const proof = await askForPasskey(passkeys);
    expect(proof).toMatchObject({ credentialId: passkey.credentialId, prfOutput: passkey.prfOutput });
    expect(await vault.unlock(proof)).toBeInstanceOf(CryptoKey);
    await vault.removePasskey(passkey.credentialId, proof);
    expect(await vault.open()).toBeInstanceOf(CryptoKey);
  });

  it('is chosen among several', async () => {
    await addAuthenticator();
    const [one, other] = [await createPasskey('One'), await createPasskey('Other')];
    expect(other.prfOutput).not.toEqual(one.prfOutput);
    const proof = await askForPasskey([one, other]);
    const chosen = [one, other].find(
      ({ credentialId }) => 'credentialId' in proof && credentialId === proof.credentialId,
    );
    expect(proof).toMatchObject({ prfOutput: chosen?.prfOutput });
  });

  it('of an authenticator without PRF is not taken', async () => {
    await addAuthenticator({ hasPrf: false });
    await expect(createPasskey('Ada')).rejects.toThrow(PasskeyUnsuitable);
  });

  it('is not there when nobody confirms', async () => {
    await addAuthenticator({ isUserVerified: false });
    await expect(createPasskey('Ada')).rejects.toThrow(PasskeyRefused);
  });
});
