// What the server hands out of a device so that others can write to it (PQXDH, section 3.2).
import { inOperation, invalidArgument } from '../errors.ts';
import { isDeviceId } from '../protocol-address.ts';
import { type Bytes, copyBytes } from '../primitives/bytes.ts';
import type { KEMPublicKey } from './kem-keys.ts';
import type { PublicKey } from './public-key.ts';

interface BundleFields {
  readonly registrationId: number;
  readonly deviceId: number;
  readonly preKey: { readonly id: number; readonly key: PublicKey } | null;
  readonly signedPreKey: { readonly id: number; readonly key: PublicKey; readonly signature: Bytes };
  readonly kyberPreKey: { readonly id: number; readonly key: KEMPublicKey; readonly signature: Bytes };
  readonly identityKey: PublicKey;
}

export class PreKeyBundle {
  readonly #fields: BundleFields;

  private constructor(fields: BundleFields) {
    this.#fields = fields;
  }

  static new(
    registration_id: number,
    device_id: number,
    prekey_id: number | null,
    prekey: PublicKey | null,
    signed_prekey_id: number,
    signed_prekey: PublicKey,
    signed_prekey_signature: Bytes,
    identity_key: PublicKey,
    kyber_prekey_id: number,
    kyber_prekey: KEMPublicKey,
    kyber_prekey_signature: Bytes,
  ): PreKeyBundle {
    const preKey = inOperation('PreKeyBundle_New', () => {
      if (!isDeviceId(device_id)) throw invalidArgument('device ID is out of range');
      return optionalPreKey(prekey_id, prekey);
    });
    return new PreKeyBundle({
      registrationId: registration_id,
      deviceId: device_id,
      preKey,
      signedPreKey: { id: signed_prekey_id, key: signed_prekey, signature: copyBytes(signed_prekey_signature) },
      kyberPreKey: { id: kyber_prekey_id, key: kyber_prekey, signature: copyBytes(kyber_prekey_signature) },
      identityKey: identity_key,
    });
  }

  deviceId(): number {
    return this.#fields.deviceId;
  }

  identityKey(): PublicKey {
    return this.#fields.identityKey;
  }

  preKeyId(): number | null {
    return this.#fields.preKey?.id ?? null;
  }

  preKeyPublic(): PublicKey | null {
    return this.#fields.preKey?.key ?? null;
  }

  registrationId(): number {
    return this.#fields.registrationId;
  }

  signedPreKeyId(): number {
    return this.#fields.signedPreKey.id;
  }

  signedPreKeyPublic(): PublicKey {
    return this.#fields.signedPreKey.key;
  }

  signedPreKeySignature(): Bytes {
    return copyBytes(this.#fields.signedPreKey.signature);
  }

  kyberPreKeyId(): number {
    return this.#fields.kyberPreKey.id;
  }

  kyberPreKeyPublic(): KEMPublicKey {
    return this.#fields.kyberPreKey.key;
  }

  kyberPreKeySignature(): Bytes {
    return copyBytes(this.#fields.kyberPreKey.signature);
  }
}

function optionalPreKey(id: number | null, key: PublicKey | null): BundleFields['preKey'] {
  if (id === null && key === null) return null;
  if (id === null || key === null) throw invalidArgument('Must supply both or neither of prekey and prekey_id');
  return { id, key };
}
