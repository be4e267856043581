/** Profiles under the team key (docs/protocol.md, "Profiles and the team key"). */
import { decodeBase64Url, encodeBase64Url } from '../../wire/encoding.ts';
import { Profile } from '../../wire/generated/directory.ts';
import { accountIdToBytes, type AccountId } from '../../wire/ids.ts';
import { deriveKey, NONCE_BYTES, open, seal } from '../account/sealed-box.ts';
import { concatBytes, copyBytes } from '../bytes.ts';
import { pad, unpad } from '../messaging/padding.ts';
import type { Bytes, RandomPort, SignalLibrary } from '../ports.ts';

const VERSION = 1;
const LABEL = 'vant profile v1';

export function sealProfile(
  signal: SignalLibrary,
  random: RandomPort,
  teamKey: Bytes,
  accountId: AccountId,
  profile: Profile,
): string {
  const key = deriveKey(signal, teamKey, LABEL);
  const plaintext = pad(Profile.encode(profile).finish());
  const box = seal(signal, key, random.bytes(NONCE_BYTES), plaintext, copyBytes(accountIdToBytes(accountId)));
  return encodeBase64Url(concatBytes(Uint8Array.of(VERSION), box));
}

/** Undefined when the blob is not of this account or not under this team key. */
export function openProfile(
  signal: SignalLibrary,
  teamKey: Bytes,
  accountId: AccountId,
  text: string,
): Profile | undefined {
  try {
    const blob = decodeBase64Url(text);
    if (blob[0] !== VERSION) return undefined;
    const key = deriveKey(signal, teamKey, LABEL);
    return Profile.decode(unpad(open(signal, key, blob.subarray(1), copyBytes(accountIdToBytes(accountId)))));
  } catch {
    return undefined;
  }
}
