/** Names of devices, readable by devices of the same account only: the key comes from the identity private key. */
import { decodeBase64Url, encodeBase64Url } from '../../wire/encoding.ts';
import { DeviceName } from '../../wire/generated/directory.ts';
import { deriveKey, NONCE_BYTES, open, seal } from '../account/sealed-box.ts';
import { concatBytes, copyBytes } from '../bytes.ts';
import type { Bytes, RandomPort, SignalLibrary } from '../ports.ts';

const VERSION = 1;
const LABEL = 'vant device name v1';

export interface NameOwner {
  readonly identityPublicKey: Bytes;
  readonly identityPrivateKey: Bytes;
}

export function sealDeviceName(signal: SignalLibrary, random: RandomPort, owner: NameOwner, name: string): string {
  const key = deriveKey(signal, owner.identityPrivateKey, LABEL);
  const plaintext = copyBytes(DeviceName.encode({ name }).finish());
  const box = seal(signal, key, random.bytes(NONCE_BYTES), plaintext, owner.identityPublicKey);
  return encodeBase64Url(concatBytes(Uint8Array.of(VERSION), box));
}

/** Undefined when it cannot be read. */
export function openDeviceName(signal: SignalLibrary, owner: NameOwner, text: string): string | undefined {
  try {
    const blob = decodeBase64Url(text);
    if (blob[0] !== VERSION) return undefined;
    const key = deriveKey(signal, owner.identityPrivateKey, LABEL);
    return DeviceName.decode(open(signal, key, blob.subarray(1), owner.identityPublicKey)).name;
  } catch {
    return undefined;
  }
}
