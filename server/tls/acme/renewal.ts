/** When a certificate is to be renewed. */
import { createHash, type X509Certificate } from 'node:crypto';
import { findAuthorityKeyId } from '../der/x509.ts';
import type { RenewalWindow } from './acme-client.ts';

/** As Let's Encrypt advises, and certmagic does: works for 90 days and for six alike. */
const LEFT_SHARE = 1 / 3;
/** Whatever an authority suggests, not later than this. */
const LAST_SHARE = 1 / 8;

/** @returns the moment: by the authority's suggestion, else when a third of the life is left. The same on every node, and after
 * every restart: within the window it is chosen by the certificate itself. (RFC 9773, 4.2) */
export function planRenewal(certificate: X509Certificate, window: RenewalWindow | undefined): number {
  const [from, to] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
  const lifeMs = to - from;
  if (window === undefined) return to - lifeMs * LEFT_SHARE;
  const share = createHash('sha256').update(certificate.raw).digest().readUInt32BE() / 2 ** 32;
  return Math.min(window.startMs + share * (window.endMs - window.startMs), to - lifeMs * LAST_SHARE);
}

/** RFC 9773, 4.1. @returns undefined for one that does not name its issuer's key. */
export function toCertificateId(certificate: X509Certificate): string | undefined {
  const keyId = findAuthorityKeyId(certificate.raw);
  if (keyId === undefined) return undefined;
  const hex = certificate.serialNumber.padStart(
    certificate.serialNumber.length + (certificate.serialNumber.length % 2),
    '0',
  );
  const serial = Buffer.from(hex, 'hex');
  // As in the certificate: with a zero before what would be negative.
  const bytes = (serial[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), serial]) : serial;
  return `${keyId.toString('base64url')}.${bytes.toString('base64url')}`;
}

const FIRST_RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 6 * 60 * 60 * 1000;
const LONGEST_ASKED_MS = 24 * 60 * 60 * 1000;

/** Doubles with each failure, between three quarters of that and all of it; not before the authority wants to hear of us again. */
export function toRetryMs(
  failures: number,
  retryAfterMs: number | undefined,
  random: () => number = Math.random,
): number {
  const ms = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20));
  const jittered = (3 * ms) / 4 + (random() * ms) / 4;
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, LONGEST_ASKED_MS));
}
