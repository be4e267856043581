// Stores that keep bytes, as a database does: every load deserializes and every save serializes.
import type {
  Bytes,
  IdentityChange,
  IdentityKeyPair,
  KyberPreKeyRecord,
  PreKeyRecord,
  PrivateKey,
  ProtocolAddress,
  PublicKey,
  SenderKeyRecord,
  SessionRecord,
  SignedPreKeyRecord,
} from '../../../e2ee/index.ts';
import type { Engine } from './engine.ts';

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Every kind of store of one device in one object. */
export class MemoryStores {
  readonly sessions = new Map<string, Bytes>();
  readonly identities = new Map<string, Bytes>();
  readonly preKeys = new Map<number, Bytes>();
  readonly signedPreKeys = new Map<number, Bytes>();
  readonly kyberPreKeys = new Map<number, Bytes>();
  readonly senderKeys = new Map<string, Bytes>();
  /** Last-resort Kyber keys: base keys seen per pair of ids. One-time ones are not in here. */
  readonly baseKeysSeen = new Map<string, string[]>();
  readonly lastResortKyber = new Set<number>();
  readonly identityKeyPair: IdentityKeyPair;
  private readonly engine: Engine;
  private readonly registrationId: number;

  constructor(engine: Engine, identityKeyPair: IdentityKeyPair, registrationId: number) {
    this.engine = engine;
    this.identityKeyPair = identityKeyPair;
    this.registrationId = registrationId;
  }

  /** Everything in the stores: two equal dumps are stores equal byte for byte. */
  dump(): string {
    const maps: readonly ReadonlyMap<string | number, Bytes>[] = [
      this.sessions,
      this.identities,
      this.preKeys,
      this.signedPreKeys,
      this.kyberPreKeys,
      this.senderKeys,
    ];
    const entries = maps.map((map) => [...map].map(([key, value]) => [key, hex(value)]));
    return JSON.stringify([entries, [...this.baseKeysSeen]]);
  }

  async saveSession(name: ProtocolAddress, record: SessionRecord): Promise<void> {
    this.sessions.set(name.toString(), record.serialize());
  }

  async getSession(name: ProtocolAddress): Promise<SessionRecord | null> {
    const bytes = this.sessions.get(name.toString());
    return bytes === undefined ? null : this.engine.SessionRecord.deserialize(bytes);
  }

  async getExistingSessions(addresses: ProtocolAddress[]): Promise<SessionRecord[]> {
    return addresses.map((address) => {
      const bytes = this.sessions.get(address.toString());
      if (bytes === undefined) throw new Error(`no session for ${address.toString()}`);
      return this.engine.SessionRecord.deserialize(bytes);
    });
  }

  async getIdentityKey(): Promise<PrivateKey> {
    return this.identityKeyPair.privateKey;
  }

  async getIdentityKeyPair(): Promise<IdentityKeyPair> {
    return this.identityKeyPair;
  }

  async getLocalRegistrationId(): Promise<number> {
    return this.registrationId;
  }

  async saveIdentity(name: ProtocolAddress, key: PublicKey): Promise<IdentityChange> {
    const known = this.identities.get(name.toString());
    const serialized = key.serialize();
    this.identities.set(name.toString(), serialized);
    const changed = known !== undefined && hex(known) !== hex(serialized);
    return changed ? this.engine.IdentityChange.ReplacedExisting : this.engine.IdentityChange.NewOrUnchanged;
  }

  /** Trust on first use. */
  async isTrustedIdentity(name: ProtocolAddress, key: PublicKey): Promise<boolean> {
    const known = this.identities.get(name.toString());
    return known === undefined || hex(known) === hex(key.serialize());
  }

  async getIdentity(name: ProtocolAddress): Promise<PublicKey | null> {
    const known = this.identities.get(name.toString());
    return known === undefined ? null : this.engine.PublicKey.deserialize(known);
  }

  async savePreKey(id: number, record: PreKeyRecord): Promise<void> {
    this.preKeys.set(id, record.serialize());
  }

  async getPreKey(id: number): Promise<PreKeyRecord> {
    return this.engine.PreKeyRecord.deserialize(load(this.preKeys, id));
  }

  async removePreKey(id: number): Promise<void> {
    this.preKeys.delete(id);
  }

  async saveSignedPreKey(id: number, record: SignedPreKeyRecord): Promise<void> {
    this.signedPreKeys.set(id, record.serialize());
  }

  async getSignedPreKey(id: number): Promise<SignedPreKeyRecord> {
    return this.engine.SignedPreKeyRecord.deserialize(load(this.signedPreKeys, id));
  }

  async saveKyberPreKey(id: number, record: KyberPreKeyRecord): Promise<void> {
    this.kyberPreKeys.set(id, record.serialize());
  }

  async getKyberPreKey(id: number): Promise<KyberPreKeyRecord> {
    return this.engine.KyberPreKeyRecord.deserialize(load(this.kyberPreKeys, id));
  }

  async markKyberPreKeyUsed(id: number, signedPreKeyId: number, baseKey: PublicKey): Promise<void> {
    if (!this.lastResortKyber.has(id)) {
      this.kyberPreKeys.delete(id);
      return;
    }
    const ids = `${id}/${signedPreKeyId}`;
    const seen = this.baseKeysSeen.get(ids) ?? [];
    if (seen.includes(hex(baseKey.serialize()))) throw new Error('reused base key');
    this.baseKeysSeen.set(ids, [...seen, hex(baseKey.serialize())]);
  }

  async saveSenderKey(sender: ProtocolAddress, distributionId: string, record: SenderKeyRecord): Promise<void> {
    this.senderKeys.set(`${sender.toString()}/${distributionId}`, record.serialize());
  }

  async getSenderKey(sender: ProtocolAddress, distributionId: string): Promise<SenderKeyRecord | null> {
    const bytes = this.senderKeys.get(`${sender.toString()}/${distributionId}`);
    return bytes === undefined ? null : this.engine.SenderKeyRecord.deserialize(bytes);
  }
}

function load(map: ReadonlyMap<number, Bytes>, id: number): Bytes {
  const bytes = map.get(id);
  if (bytes === undefined) throw new Error(`key ${id} not found`);
  return bytes;
}
