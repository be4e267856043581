/** Public keys are checked with libsignal before they are stored: what it would refuse at the sender is refused here,
 * where the mistake was made. */
import { KEMPublicKey, PublicKey } from '@signalapp/libsignal-client';
import { decodeBase64Url } from '../../wire/encoding.ts';
import { VantError } from '../../wire/errors.ts';
import type { DeviceRegistration, KeyUpload, UploadedKyberPreKey, UploadedSignedPreKey } from '../../wire/schemas.ts';

/** @throws VantError INVALID_KEY, INVALID_SIGNATURE, BAD_REQUEST; the detail names the field. */
export function verifyRegistration(device: DeviceRegistration): void {
  verifyKeyUpload(device, device.identityKey);
}

/** @param identityKey of the account, base64url */
export function verifyKeyUpload(upload: KeyUpload, identityKey: string): void {
  const identity = parse('identityKey', identityKey, (bytes) => PublicKey.deserialize(bytes));
  if (upload.signedPreKey) verifySigned('signedPreKey', upload.signedPreKey, identity, parseEc);
  if (upload.lastResortKyberPreKey)
    verifySigned('lastResortKyberPreKey', upload.lastResortKyberPreKey, identity, parseKyber);
  upload.preKeys?.forEach((key, index) => parseEc(`preKeys[${index}].publicKey`, key.publicKey));
  upload.kyberPreKeys?.forEach((key, index) => verifySigned(`kyberPreKeys[${index}]`, key, identity, parseKyber));
  checkRising('preKeys', upload.preKeys);
  checkRising('kyberPreKeys', upload.kyberPreKeys);
}

type ParseKey = (field: string, text: string) => { serialize(): Uint8Array<ArrayBuffer> };

const parseEc: ParseKey = (field, text) => parse(field, text, (bytes) => PublicKey.deserialize(bytes));
const parseKyber: ParseKey = (field, text) => parse(field, text, (bytes) => KEMPublicKey.deserialize(bytes));

function verifySigned(
  field: string,
  key: UploadedSignedPreKey | UploadedKyberPreKey,
  identity: PublicKey,
  parseKey: ParseKey,
): void {
  const publicKey = parseKey(`${field}.publicKey`, key.publicKey);
  const signature = parse(`${field}.signature`, key.signature, (bytes) => bytes);
  if (!identity.verify(publicKey.serialize(), signature)) throw new VantError('INVALID_SIGNATURE', `Field: ${field}.`);
}

function parse<T>(field: string, text: string, deserialize: (bytes: Uint8Array<ArrayBuffer>) => T): T {
  try {
    return deserialize(decodeBase64Url(text));
  } catch (cause) {
    throw new VantError('INVALID_KEY', `Field: ${field}.`, { cause });
  }
}

/** The store keeps only ids above the highest it has seen, so a list out of order would lose keys without a word. */
function checkRising(field: string, keys: readonly { readonly keyId: number }[] = []): void {
  keys.forEach((key, index) => {
    const before = keys[index - 1];
    if (before !== undefined && key.keyId <= before.keyId) {
      throw new VantError(
        'BAD_REQUEST',
        `Field: ${field}[${index}].keyId. Key ids must rise from one key to the next.`,
      );
    }
  });
}
