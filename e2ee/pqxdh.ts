// PQXDH ("The PQXDH Key Agreement Protocol", revision 3, section 3.3): the first keys of a session.
import { failure, invalidMessage } from './errors.ts';
import { decodeKemCiphertext, encodeKemCiphertext, type KEMKeyPair, type KEMPublicKey } from './keys/kem-keys.ts';
import { agreeRaw } from './keys/private-key.ts';
import { type Bytes, concatBytes } from './primitives/bytes.ts';
import { hkdf } from './primitives/hkdf.ts';
import { decapsulateKyber, encapsulateKyber, KYBER_MESSAGE_BYTES } from './primitives/kyber1024.ts';
import type { RandomSource } from './primitives/random.ts';
import { encodeUtf8 } from './primitives/utf8.ts';
import { isCanonicalPoint, type X25519KeyPair } from './primitives/x25519.ts';

export interface PqxdhKeys {
  readonly rootKey: Bytes;
  readonly chainKey: Bytes;
  /** Begins SPQR. */
  readonly pqrAuthKey: Bytes;
}

/** Public keys are the 32 bytes of the u-coordinate. */
export interface InitiatorParameters {
  readonly identity: X25519KeyPair;
  readonly baseKey: X25519KeyPair;
  readonly theirIdentity: Bytes;
  readonly theirSignedPreKey: Bytes;
  readonly theirOneTimePreKey: Bytes | null;
  readonly theirKyberPreKey: KEMPublicKey;
}

export interface ResponderParameters {
  readonly identity: X25519KeyPair;
  readonly signedPreKey: X25519KeyPair;
  readonly oneTimePreKey: X25519KeyPair | null;
  readonly kyberPreKey: KEMKeyPair;
  readonly theirIdentity: Bytes;
  readonly theirBaseKey: Bytes;
  /** With its type byte, as received. */
  readonly kyberCiphertext: Bytes;
}

const INFO = encodeUtf8('WhisperText_X25519_SHA-256_CRYSTALS-KYBER-1024');
/** F of section 2.2: sets these inputs apart from XEdDSA's. */
const DISCONTINUITY = new Uint8Array(32).fill(0xff);

type Agreement = readonly [ours: X25519KeyPair, theirs: Bytes];

export async function agreeAsInitiator(
  parameters: InitiatorParameters,
  random: RandomSource,
): Promise<{ keys: PqxdhKeys; kyberCiphertext: Bytes }> {
  const { identity, baseKey, theirIdentity, theirSignedPreKey, theirOneTimePreKey } = parameters;
  const agreements: Agreement[] = [
    [identity, theirSignedPreKey],
    [baseKey, theirIdentity],
    [baseKey, theirSignedPreKey],
  ];
  if (theirOneTimePreKey !== null) agreements.push([baseKey, theirOneTimePreKey]);
  const kem = encapsulateKyber(parameters.theirKyberPreKey.getPublicKeyBytes(), random(KYBER_MESSAGE_BYTES));
  if (kem === null) throw failure('bad KEM key');
  const keys = deriveKeys(await agreeAll(agreements), kem.sharedSecret);
  return { keys, kyberCiphertext: encodeKemCiphertext(kem.ciphertext) };
}

export async function agreeAsResponder(parameters: ResponderParameters): Promise<PqxdhKeys> {
  const { identity, signedPreKey, oneTimePreKey, theirIdentity, theirBaseKey } = parameters;
  if (!isCanonicalPoint(theirBaseKey)) throw invalidMessage('PreKey', 'incoming base key is invalid');
  const agreements: Agreement[] = [
    [signedPreKey, theirIdentity],
    [identity, theirBaseKey],
    [signedPreKey, theirBaseKey],
  ];
  if (oneTimePreKey !== null) agreements.push([oneTimePreKey, theirBaseKey]);
  const secretKey = parameters.kyberPreKey.getSecretKey().serialize().slice(1);
  const kemSecret = decapsulateKyber(secretKey, decodeKemCiphertext(parameters.kyberCiphertext));
  if (kemSecret === null) throw failure('bad KEM key');
  return deriveKeys(await agreeAll(agreements), kemSecret);
}

function agreeAll(agreements: readonly Agreement[]): Promise<readonly Bytes[]> {
  return Promise.all(agreements.map(([ours, theirs]) => agreeRaw(ours.privateKey, theirs)));
}

/** SK = KDF(F ‖ DH1 ‖ DH2 ‖ DH3 ‖ [DH4] ‖ SS), section 3.3. */
function deriveKeys(agreements: readonly Bytes[], kemSecret: Bytes): PqxdhKeys {
  const derived = hkdf(concatBytes(DISCONTINUITY, ...agreements, kemSecret), null, INFO, 96);
  return { rootKey: derived.slice(0, 32), chainKey: derived.slice(32, 64), pqrAuthKey: derived.slice(64) };
}
