/** An authority of this server's own, for networks where no public one can certify anything. It can sign for the given names and
 * addresses only, so that a device that trusts it trusts it with nothing else. */
import { X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto';
import type { Certificate } from '../../turn/net/stream-listener.ts';
import { authorityExtensions, issueCertificate, serverExtensions } from '../der/x509.ts';
import { createKeyPem } from '../temporary-certificate.ts';

export interface LocalAuthority extends Certificate {
  /** For which it can sign. */
  readonly names: readonly string[];
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Devices trust it by hand, so it has to last. */
const AUTHORITY_LIFETIME_MS = 3650 * DAY_MS;
/** A leaf must not outlive it. */
const AUTHORITY_LAST_MS = 120 * DAY_MS;
/** Apple takes at most 825 days from authorities that users add; shorter costs nothing, because it is renewed by itself. */
const LEAF_LIFETIME_MS = 90 * DAY_MS;

export function createLocalAuthority(names: readonly string[], now: number): LocalAuthority {
  const key = createKeyPem();
  const privateKey = createPrivateKey(key);
  const commonName = `Vant on ${names[0] ?? 'this network'}, ${new Date(now).toISOString().slice(0, 10)}`;
  const cert = issueCertificate({
    ...{ commonName, names: [], publicKey: createPublicKey(privateKey) },
    issuer: { commonName, key: privateKey },
    now,
    lifetimeMs: AUTHORITY_LIFETIME_MS,
    extensions: authorityExtensions(names),
  });
  return { cert, key, names };
}

/** @returns a certificate for a server, with that of the authority after it. */
export function issueLocally(authority: LocalAuthority, names: readonly string[], now: number): Certificate {
  const key = createKeyPem();
  const cert = issueCertificate({
    ...{ commonName: 'Vant', names, publicKey: createPublicKey(createPrivateKey(key)) },
    issuer: { commonName: commonNameOf(authority), key: createPrivateKey(authority.key) },
    now,
    lifetimeMs: LEAF_LIFETIME_MS,
    extensions: serverExtensions(),
  });
  return { cert: cert + authority.cert, key };
}

/** @returns undefined for what is broken, not there, for other names, or at its end. */
export function parseAuthority(
  text: string | undefined,
  names: readonly string[],
  now: number,
): LocalAuthority | undefined {
  try {
    const authority = JSON.parse(text ?? '') as LocalAuthority;
    const certificate = new X509Certificate(authority.cert);
    const isWhole = certificate.checkPrivateKey(createPrivateKey(authority.key));
    const isFor = names.every((name) => authority.names.includes(name));
    return isWhole && isFor && certificate.validToDate.getTime() - now > AUTHORITY_LAST_MS ? authority : undefined;
  } catch {
    return undefined;
  }
}

function commonNameOf({ cert }: LocalAuthority): string {
  return /^CN=(.*)$/m.exec(new X509Certificate(cert).subject)?.[1]?.replaceAll('\\', '') ?? '';
}

/** SHA-256, as devices show it. */
export const fingerprintOf = ({ cert }: { readonly cert: string }): string => new X509Certificate(cert).fingerprint256;
