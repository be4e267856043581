/** Where a new device waits for what its account's primary device leaves for it, sealed. */
export interface ProvisioningStore {
  /** @returns false when something lies there already. */
  put(address: string, envelope: string, ttlMs: number): Promise<boolean>;
  /** Takes it away: it is given once. */
  take(address: string): Promise<string | undefined>;
}
