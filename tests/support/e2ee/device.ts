/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- one object is all the stores; only methods count */
// A device with one of the two libraries inside. Only bytes leave it, so any two devices can talk.
import type { Bytes, PreKeyBundle } from '../../../e2ee/index.ts';
import type { Engine } from './engine.ts';
import { MemoryStores } from './memory-stores.ts';

/** What a server would hand out of a device. */
export interface BundleBytes {
  readonly registrationId: number;
  readonly deviceId: number;
  readonly preKey: { readonly id: number; readonly key: Bytes } | null;
  readonly signedPreKey: { readonly id: number; readonly key: Bytes; readonly signature: Bytes };
  readonly kyberPreKey: { readonly id: number; readonly key: Bytes; readonly signature: Bytes };
  readonly identityKey: Bytes;
}

export interface Sealed {
  readonly type: number;
  readonly bytes: Bytes;
}

export interface Address {
  readonly name: string;
  readonly deviceId: number;
}

export interface DeviceOptions {
  readonly registrationId?: number;
  /** Serialized: lets two devices share an account. */
  readonly identity?: Bytes;
}

export class Device {
  readonly engine: Engine;
  readonly address: Address;
  readonly stores: MemoryStores;
  private nextKeyId = 1;

  constructor(engine: Engine, address: Address, options: DeviceOptions = {}) {
    this.engine = engine;
    this.address = address;
    const { IdentityKeyPair } = engine;
    const identity =
      options.identity === undefined ? IdentityKeyPair.generate() : IdentityKeyPair.deserialize(options.identity);
    this.stores = new MemoryStores(engine, identity, options.registrationId ?? 1234);
  }

  async publishBundle(options: { oneTime?: boolean; lastResort?: boolean } = {}): Promise<BundleBytes> {
    const { engine, stores } = this;
    const id = this.nextKeyId++;
    const identity = stores.identityKeyPair;
    const signed = engine.PrivateKey.generate();
    const kyber = engine.KEMKeyPair.generate();
    const oneTime = engine.PrivateKey.generate();
    const signedKey = signed.getPublicKey().serialize();
    const kyberKey = kyber.getPublicKey().serialize();
    const signature = identity.privateKey.sign(signedKey);
    const kyberSignature = identity.privateKey.sign(kyberKey);
    const { SignedPreKeyRecord, KyberPreKeyRecord, PreKeyRecord } = engine;
    await stores.saveSignedPreKey(id, SignedPreKeyRecord.new(id, 42, signed.getPublicKey(), signed, signature));
    await stores.saveKyberPreKey(id, KyberPreKeyRecord.new(id, 43, kyber, kyberSignature));
    if (options.lastResort === true) stores.lastResortKyber.add(id);
    if (options.oneTime !== false) {
      await stores.savePreKey(id, PreKeyRecord.new(id, oneTime.getPublicKey(), oneTime));
    }
    return {
      registrationId: await stores.getLocalRegistrationId(),
      deviceId: this.address.deviceId,
      preKey: options.oneTime === false ? null : { id, key: oneTime.getPublicKey().serialize() },
      signedPreKey: { id, key: signedKey, signature },
      kyberPreKey: { id, key: kyberKey, signature: kyberSignature },
      identityKey: identity.publicKey.serialize(),
    };
  }

  async begin(peer: Address, bundle: BundleBytes, now = new Date()): Promise<void> {
    const { engine, stores } = this;
    const to = this.protocolAddress(peer);
    await engine.processPreKeyBundle(toBundle(engine, bundle), to, this.protocolAddress(), stores, stores, now);
  }

  async encrypt(peer: Address, plaintext: Bytes, now = new Date()): Promise<Sealed> {
    const { engine, stores } = this;
    const to = this.protocolAddress(peer);
    const sealed = await engine.signalEncrypt(plaintext, to, this.protocolAddress(), stores, stores, now);
    return { type: sealed.type(), bytes: sealed.serialize() };
  }

  async decrypt(peer: Address, sealed: Sealed): Promise<Bytes> {
    const { engine, stores } = this;
    const from = this.protocolAddress(peer);
    const own = this.protocolAddress();
    if (sealed.type === engine.CiphertextMessageType.Whisper) {
      return engine.signalDecrypt(engine.SignalMessage.deserialize(sealed.bytes), from, own, stores, stores);
    }
    const message = engine.PreKeySignalMessage.deserialize(sealed.bytes);
    return engine.signalDecryptPreKey(message, from, own, stores, stores, stores, stores, stores);
  }

  protocolAddress(of: Address = this.address): ReturnType<Engine['ProtocolAddress']['new']> {
    return this.engine.ProtocolAddress.new(of.name, of.deviceId);
  }

  async hasSession(peer: Address): Promise<boolean> {
    return (await this.stores.getSession(this.protocolAddress(peer)))?.hasCurrentState() ?? false;
  }
}

export function toBundle(engine: Engine, bundle: BundleBytes): PreKeyBundle {
  const { PublicKey, KEMPublicKey } = engine;
  return engine.PreKeyBundle.new(
    bundle.registrationId,
    bundle.deviceId,
    bundle.preKey?.id ?? null,
    bundle.preKey === null ? null : PublicKey.deserialize(bundle.preKey.key),
    bundle.signedPreKey.id,
    PublicKey.deserialize(bundle.signedPreKey.key),
    bundle.signedPreKey.signature,
    PublicKey.deserialize(bundle.identityKey),
    bundle.kyberPreKey.id,
    KEMPublicKey.deserialize(bundle.kyberPreKey.key),
    bundle.kyberPreKey.signature,
  );
}
