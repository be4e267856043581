// What the engine needs kept, as abstract classes: the host gives the keeping. All are asynchronous, as IndexedDB is.
//
// Calls for one address must not overlap: a session is read, advanced and written back. A host with several tabs gives the
// engine to one worker, or takes a Web Lock per address.
import { IdentityKeyPair } from './keys/identity-key-pair.ts';
import type { KyberPreKeyRecord } from './keys/kyber-pre-key-record.ts';
import type { PreKeyRecord } from './keys/pre-key-record.ts';
import type { PrivateKey } from './keys/private-key.ts';
import type { PublicKey } from './keys/public-key.ts';
import type { SignedPreKeyRecord } from './keys/signed-pre-key-record.ts';
import type { ProtocolAddress } from './protocol-address.ts';
import type { SenderKeyRecord } from './groups/sender-key-record.ts';
import type { SessionRecord } from './session/session-record.ts';
import type { Uuid } from './uuid.ts';

export const Direction = { Sending: 0, Receiving: 1 } as const;
export type Direction = (typeof Direction)[keyof typeof Direction];

export const IdentityChange = { NewOrUnchanged: 0, ReplacedExisting: 1 } as const;
export type IdentityChange = (typeof IdentityChange)[keyof typeof IdentityChange];

export abstract class SessionStore {
  abstract saveSession(name: ProtocolAddress, record: SessionRecord): Promise<void>;
  abstract getSession(name: ProtocolAddress): Promise<SessionRecord | null>;
  /** Rejects if one of them has no session. */
  abstract getExistingSessions(addresses: ProtocolAddress[]): Promise<SessionRecord[]>;
}

export abstract class IdentityKeyStore {
  abstract getIdentityKey(): Promise<PrivateKey>;

  /** A store that keeps both halves should override this: deriving the public one is a scalar multiplication. */
  async getIdentityKeyPair(): Promise<IdentityKeyPair> {
    const privateKey = await this.getIdentityKey();
    return new IdentityKeyPair(privateKey.getPublicKey(), privateKey);
  }

  abstract getLocalRegistrationId(): Promise<number>;
  abstract saveIdentity(name: ProtocolAddress, key: PublicKey): Promise<IdentityChange>;
  abstract isTrustedIdentity(name: ProtocolAddress, key: PublicKey, direction: Direction): Promise<boolean>;
  abstract getIdentity(name: ProtocolAddress): Promise<PublicKey | null>;
}

export abstract class PreKeyStore {
  abstract savePreKey(id: number, record: PreKeyRecord): Promise<void>;
  abstract getPreKey(id: number): Promise<PreKeyRecord>;
  abstract removePreKey(id: number): Promise<void>;
}

export abstract class SignedPreKeyStore {
  abstract saveSignedPreKey(id: number, record: SignedPreKeyRecord): Promise<void>;
  abstract getSignedPreKey(id: number): Promise<SignedPreKeyRecord>;
}

export abstract class KyberPreKeyStore {
  abstract saveKyberPreKey(kyberPreKeyId: number, record: KyberPreKeyRecord): Promise<void>;
  abstract getKyberPreKey(kyberPreKeyId: number): Promise<KyberPreKeyRecord>;
  /** One-time: delete it. Last-resort: keep it, and reject if this base key has been seen with these two ids. */
  abstract markKyberPreKeyUsed(kyberPreKeyId: number, signedPreKeyId: number, baseKey: PublicKey): Promise<void>;
}

export abstract class SenderKeyStore {
  abstract saveSenderKey(sender: ProtocolAddress, distributionId: Uuid, record: SenderKeyRecord): Promise<void>;
  abstract getSenderKey(sender: ProtocolAddress, distributionId: Uuid): Promise<SenderKeyRecord | null>;
}
