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
}

interface HostCrypto {
  getRandomValues(into: Bytes): Bytes;
  /** Absent in insecure contexts. */
  readonly subtle?: Subtle;
}

export function hostCrypto(): HostCrypto | undefined {
  return (globalThis as { readonly crypto?: HostCrypto }).crypto;
}
