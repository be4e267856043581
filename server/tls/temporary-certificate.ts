import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Certificate } from '../turn/net/stream-listener.ts';
import { issueCertificate, serverExtensions } from './der/x509.ts';

const LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;

/** Signed by itself, trusted by nobody: so that the port can be open, and challenges be answered, before there is a real one. */
export function createTemporaryCertificate(names: readonly string[], now: number): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const commonName = 'Vant, until there is a certificate';
  const issuer = { commonName, key: privateKey };
  const cert = issueCertificate({
    ...{ commonName, names, publicKey, issuer, now },
    lifetimeMs: LIFETIME_MS,
    extensions: serverExtensions(),
  });
  return { cert, key: toKeyPem(privateKey) };
}

/** A new key for a certificate. @returns PEM (PKCS #8) */
export const createKeyPem = (): string => toKeyPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

const toKeyPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
