import { createPrivateKey, type X509Certificate } from 'node:crypto';
import type { Certificate } from '../turn/net/stream-listener.ts';
import { coversName, parseChain } from './check-certificate.ts';

/** One record, so that certificate and key can never be those of two renewals. */
export interface StoredCertificate extends Certificate {
  /** Who has issued it: an ACME directory, or `local`. */
  readonly from: string;
}

/** @returns undefined for what is broken, or not there. */
export function parseStored(text: string | undefined): StoredCertificate | undefined {
  try {
    const stored = JSON.parse(text ?? '') as StoredCertificate;
    const [own] = parseChain(stored.cert);
    return own?.checkPrivateKey(createPrivateKey(stored.key)) === true ? stored : undefined;
  } catch {
    return undefined;
  }
}

/** The server's own, without the chain. @throws Error when there is none, which parseStored has seen to */
export function ownOf({ cert }: Certificate): X509Certificate {
  const [own] = parseChain(cert);
  if (own === undefined) throw new Error('there is no certificate in the chain');
  return own;
}

export const coversAll = (certificate: X509Certificate, names: readonly string[]): boolean =>
  names.every((name) => coversName(certificate, name));
