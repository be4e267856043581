/** Locking the messages of this browser, as the page sees it. There is no recovery: without passphrase and passkeys nobody
 * reads them again, and the texts have to say so. */

/** What shows that one may change the lock. @see VaultApi */
export type VaultProof =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  /** `prfOutput`: what the passkey's PRF extension gave for its salt (WebAuthn Level 3, 10.1.4); platform/passkeys.ts asks. */
  | { readonly kind: 'passkey'; readonly credentialId: string; readonly prfOutput: Uint8Array };

export interface PasskeyInfo {
  /** Base64url. */
  readonly credentialId: string;
  /** What the PRF is evaluated on, 32 random bytes. */
  readonly prfSalt: Uint8Array;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface NewPasskey extends PasskeyInfo {
  readonly prfOutput: Uint8Array;
}

export interface VaultStatus {
  readonly isLocked: boolean;
  readonly hasPassphrase: boolean;
  readonly passkeys: readonly PasskeyInfo[];
  /** All tabs lock after this time without input; undefined: only when all are closed. Without meaning when there is
   * neither passphrase nor passkey. */
  readonly idleMinutes: number | undefined;
}

/** Methods that change something take a proof when there is a passphrase or passkey already: someone who finds the browser
 * open must not change the lock. @throws EngineFault PROOF_NEEDED, WRONG_PASSPHRASE, WRONG_PASSKEY */
export interface VaultApi {
  /** Works while locked, too. */
  status(): Promise<VaultStatus>;
  /** Takes about a second with a passphrase, right or wrong. The event `state` follows. */
  unlock(proof: VaultProof): Promise<void>;
  /** Sets or changes it. From then on this browser cannot open the messages by itself. */
  setPassphrase(passphrase: string, proof?: VaultProof): Promise<void>;
  removePassphrase(proof: VaultProof): Promise<void>;
  addPasskey(passkey: NewPasskey, proof?: VaultProof): Promise<void>;
  removePasskey(credentialId: string, proof: VaultProof): Promise<void>;
  /** All tabs, now. Does nothing when there is neither passphrase nor passkey. */
  lock(): Promise<void>;
  setIdleMinutes(minutes: number | undefined): Promise<void>;
  /** Somebody is using this tab; platform/idle-watch.ts calls. */
  noteActivity(): Promise<void>;
}
