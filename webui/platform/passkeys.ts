/** Asks an authenticator for a passkey whose PRF extension opens the messages (WebAuthn Level 3, 10.1.4). The server takes no
 * part: there is no challenge of its to answer. */
import type { NewPasskey, PasskeyInfo, VaultProof } from '../engine/vault/vault-api.ts';

const SALT_BYTES = 32;
const USER_ID_BYTES = 16;
/** ES256 and RS256: all authenticators have one of them. Nobody verifies the signature. */
const ALGORITHMS = [-7, -257];

/** The person cancelled, or there is no authenticator. */
export class PasskeyRefused extends Error {
  override readonly name = 'PasskeyRefused';
}

/** The authenticator made a passkey, but cannot do what is needed. */
export class PasskeyUnsuitable extends Error {
  override readonly name = 'PasskeyUnsuitable';
}

/** Whether asking makes sense; not every authenticator of such a browser has the PRF extension. */
export const canUsePasskeys = (): boolean => typeof PublicKeyCredential === 'function';

/** Makes a passkey for `vault.addPasskey`. @throws PasskeyRefused, PasskeyUnsuitable */
export async function createPasskey(name: string): Promise<NewPasskey> {
  const prfSalt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const credential = await ask(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(SALT_BYTES)),
        rp: { name: 'Vant' },
        user: { id: crypto.getRandomValues(new Uint8Array(USER_ID_BYTES)), name, displayName: name },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        extensions: { prf: { eval: { first: prfSalt } } },
      },
    }),
  );
  const { prf } = credential.getClientExtensionResults();
  if (prf?.enabled !== true) throw new PasskeyUnsuitable('This passkey cannot lock messages.');
  const info = { credentialId: toBase64Url(credential.rawId), prfSalt, name, createdAt: Date.now() };
  // Some authenticators evaluate it only when they are asked a second time.
  const prfOutput = toBytes(prf.results?.first) ?? (await evaluate([info])).prfOutput;
  return { ...info, prfOutput };
}

/** Proof for the vault, from one of its passkeys. @throws PasskeyRefused, PasskeyUnsuitable */
export async function askForPasskey(passkeys: readonly PasskeyInfo[]): Promise<VaultProof> {
  return { kind: 'passkey', ...(await evaluate(passkeys)) };
}

async function evaluate(
  passkeys: readonly Pick<PasskeyInfo, 'credentialId' | 'prfSalt'>[],
): Promise<{ credentialId: string; prfOutput: Uint8Array }> {
  const evalByCredential = Object.fromEntries(
    passkeys.map(({ credentialId, prfSalt }) => [credentialId, { first: new Uint8Array(prfSalt) }]),
  );
  const credential = await ask(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(SALT_BYTES)),
        allowCredentials: passkeys.map(({ credentialId }) => ({ type: 'public-key', id: fromBase64Url(credentialId) })),
        userVerification: 'required',
        extensions: { prf: { evalByCredential } },
      },
    }),
  );
  const prfOutput = toBytes(credential.getClientExtensionResults().prf?.results?.first);
  if (prfOutput === undefined) throw new PasskeyUnsuitable('This passkey cannot lock messages.');
  return { credentialId: toBase64Url(credential.rawId), prfOutput };
}

async function ask(request: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  const credential = await request().catch((error: unknown) => {
    throw new PasskeyRefused('No passkey was given.', { cause: error });
  });
  if (!(credential instanceof PublicKeyCredential)) throw new PasskeyRefused('No passkey was given.');
  return credential;
}

function toBytes(source: BufferSource | undefined): Uint8Array | undefined {
  if (source === undefined) return undefined;
  return source instanceof ArrayBuffer
    ? new Uint8Array(source)
    : new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice();
}

const toBase64Url = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
