/** What nodes share for their certificates. The values are sealed; whoever keeps them cannot read them. */
export interface TlsRecords {
  read(name: string): Promise<Uint8Array | undefined>;
  write(name: string, sealed: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  /** Takes or prolongs the lease. @returns whether it is this token's now */
  acquireLease(token: string, ttlMs: number): Promise<boolean>;
  releaseLease(token: string): Promise<void>;
  publish(sealed: Uint8Array): Promise<void>;
  subscribe(listener: (sealed: Uint8Array) => void): Promise<void>;
}
