// The part of WebCrypto that the engine uses, typed here because this room is compiled without the DOM.
import type { Bytes } from './bytes.ts';

/** Opaque: a CryptoKey. */
export interface HostKey {
  readonly type: string;
}

export interface Subtle {
  importKey(
    format: 'raw' | 'pkcs8',
    data: Bytes,
    algorithm: { readonly name: string },
    extractable: boolean,
    usages: readonly string[],
  ): Promise<HostKey>;
  deriveBits(
    algorithm: { readonly name: string; readonly public: HostKey },
    key: HostKey,
    length: number,
  ): Promise<ArrayBuffer>;
  verify(algorithm: { readonly name: string }, key: HostKey, signature: Bytes, data: Bytes): Promise<boolean>;
  digest(algorithm: string, data: Bytes): Promise<ArrayBuffer>;
}

interface HostCrypto {
  getRandomValues(into: Bytes): Bytes;
  /** Absent in insecure contexts. */
  readonly subtle?: Subtle;
}

export function hostCrypto(): HostCrypto | undefined {
  return (globalThis as { readonly crypto?: HostCrypto }).crypto;
}

/**
 * Gives the host's event loop a turn. A promise of `subtle` is settled by a task, not by a microtask, so awaiting one lets
 * a page paint and a worker take its other messages; unlike setTimeout it is part of WebCrypto, which is all that we
 * require of a host. Without `subtle` the work simply goes on.
 */
export async function yieldToHost(): Promise<void> {
  await hostCrypto()?.subtle?.digest('SHA-256', new Uint8Array(0));
}
