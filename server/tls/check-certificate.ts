/** What is wrong with a certificate, before a client says so: for the start, for a reload, and for `vant doctor`. */
import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import type { Certificate } from '../turn/net/stream-listener.ts';

export interface CertificateProblem {
  /** fatal: it cannot be served. error: clients refuse it. warning: they will, or some do. */
  readonly severity: 'fatal' | 'error' | 'warning';
  /** A sentence. */
  readonly seen: string;
  /** What to do about it. */
  readonly remedy: string;
}

export interface Expectation {
  /** Host names and addresses that it has to be good for. */
  readonly names: readonly string[];
  readonly now: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Less than this part of the life left, and somebody has forgotten to renew it: automatic renewal begins at a third. */
const SOON_SHARE = 1 / 5;
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** A clock that is this much behind is more likely than a certificate from the future. */
const RENEW = 'Renew it where it comes from, or let Vant do that: tls.mode: acme.';

/** The certificates of a PEM text, in its order. @throws Error when one of them is none. */
export const parseChain = (pem: string): X509Certificate[] =>
  (pem.match(PEM) ?? []).map((text) => new X509Certificate(text));

/** The worst first. */
export function checkCertificate({ cert, key }: Certificate, { names, now }: Expectation): CertificateProblem[] {
  const chain = tryTo(() => parseChain(cert));
  const [own] = chain ?? [];
  if (chain === undefined || own === undefined) {
    return [
      fatal('The certificate is not PEM.', 'It begins with -----BEGIN CERTIFICATE-----; convert it with openssl x509.'),
    ];
  }
  const privateKey = tryTo(() => createPrivateKey(key));
  if (privateKey === undefined) {
    return [
      fatal(
        'The private key is not PEM, or has a passphrase.',
        'Remove the passphrase: openssl pkey -in KEY -out NEW.',
      ),
    ];
  }
  const mismatch = checkKey(chain, own, privateKey);
  if (mismatch !== undefined) return [mismatch];
  return [...checkDates(own, now), ...checkNames(own, names), ...checkOrder(chain)];
}

function checkKey(chain: X509Certificate[], own: X509Certificate, key: KeyObject): CertificateProblem | undefined {
  if (own.checkPrivateKey(key)) return undefined;
  if (chain.some((certificate) => certificate.checkPrivateKey(key))) {
    return fatal(
      'The certificates are in the wrong order: the server’s own is not the first in the file.',
      'Put your own certificate first, and after each the one that has signed it.',
    );
  }
  return fatal(
    'The private key does not belong to the certificate.',
    'Use the key that the certificate was requested with; both files must come from the same renewal.',
  );
}

function checkDates(own: X509Certificate, now: number): CertificateProblem[] {
  const [from, to] = [own.validFromDate.getTime(), own.validToDate.getTime()];
  const clock = `the clock of this machine says ${toDay(now)}`;
  if (now > to) {
    return [problem('error', `The certificate has expired on ${toDay(to)} (${clock}); clients refuse it.`, RENEW)];
  }
  if (now < from) {
    return [
      problem(
        'error',
        `The certificate is not valid before ${toDay(from)}, and ${clock}; one of them is wrong.`,
        'Set the clock (timedatectl set-ntp true), or wait.',
      ),
    ];
  }
  if (to - now > (to - from) * SOON_SHARE) return [];
  return [problem('warning', `The certificate expires on ${toDay(to)}, in ${describeRest(to - now)}.`, RENEW)];
}

function checkNames(own: X509Certificate, names: readonly string[]): CertificateProblem[] {
  const missing = names.filter((name) => !coversName(own, name));
  if (missing.length === 0) return [];
  const has = (own.subjectAltName ?? 'no name').replaceAll(/(DNS|IP Address):/g, '');
  return [
    problem(
      'error',
      `The certificate is for ${has}, and not for ${missing.join(', ')}; clients refuse it.`,
      'Get one for the host of server.public_url, or correct server.public_url or tls.names.',
    ),
  ];
}

export const coversName = (certificate: X509Certificate, name: string): boolean =>
  (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;

function checkOrder(chain: X509Certificate[]): CertificateProblem[] {
  const [own] = chain;
  const broken = chain.findIndex((certificate, index) => {
    const next = chain[index + 1];
    return next !== undefined && !certificate.checkIssued(next);
  });
  if (broken >= 0) {
    return [
      problem(
        'error',
        `The certificates are in the wrong order: number ${broken + 1} in the file is not signed by number ${broken + 2}.`,
        'Put your own certificate first, and after each the one that has signed it.',
      ),
    ];
  }
  if (chain.length > 1 || own === undefined || own.checkIssued(own)) return [];
  return [
    problem(
      'warning',
      'The file holds your own certificate alone, without those in between up to the root; some clients will not find the way.',
      'Use the file with the whole chain, often called fullchain.pem.',
    ),
  ];
}

const problem = (severity: CertificateProblem['severity'], seen: string, remedy: string): CertificateProblem => ({
  severity,
  seen,
  remedy,
});
const fatal = (seen: string, remedy: string): CertificateProblem => problem('fatal', seen, remedy);

/** `2027-02-01 14:05 UTC` */
export const toDay = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

export function describeRest(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  if (days >= 2) return `${days} days`;
  return `${Math.max(1, Math.floor(ms / (60 * 60 * 1000)))} hours`;
}

function tryTo<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
