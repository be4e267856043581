/** Certificates and requests for them (RFC 5280, RFC 2986), with ECDSA on P-256: node:crypto reads them, and writes none. */
import { createHash, createPublicKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP, isIPv4 } from 'node:net';
import { parseIpAddress } from '../../turn/stun/ip-address.ts';
import * as der from './der.ts';

const OID = {
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  acmeIdentifier: '1.3.6.1.5.5.7.1.31',
  extensionRequest: '1.2.840.113549.1.9.14',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
} as const;

const SERIAL_BYTES = 16;
/** Clocks of clients are not exact. */
const BACKDATE_MS = 60 * 60 * 1000;

export interface Issuer {
  readonly commonName: string;
  readonly key: KeyObject;
}

export interface CertificateRequest {
  readonly commonName: string;
  readonly names: readonly string[];
  readonly publicKey: KeyObject;
  readonly issuer: Issuer;
  readonly now: number;
  readonly lifetimeMs: number;
  readonly extensions: readonly Buffer[];
}

/** @returns PEM */
export function issueCertificate(request: CertificateRequest): string {
  const { commonName, publicKey, issuer, now, lifetimeMs, extensions } = request;
  const body = der.sequence(
    der.explicit(0, der.integer(Buffer.of(2))),
    der.integer(makeSerial()),
    algorithm,
    toName(issuer.commonName),
    der.sequence(der.time(now - BACKDATE_MS), der.time(now + lifetimeMs)),
    toName(commonName),
    toSpki(publicKey),
    der.explicit(
      3,
      der.sequence(
        ...(request.names.length > 0 ? [subjectAltName(request.names)] : []),
        keyIdentifier(publicKey),
        authorityKeyIdentifier(createPublicKey(issuer.key)),
        ...extensions,
      ),
    ),
  );
  return toPem('CERTIFICATE', signed(body, issuer.key));
}

/** A PKCS #10 request, in DER. */
export function createSigningRequest(names: readonly string[], key: KeyObject): Buffer {
  const extensions = der.sequence(
    der.objectIdentifier(OID.extensionRequest),
    der.set(der.sequence(subjectAltName(names))),
  );
  const body = der.sequence(
    der.integer(Buffer.of(0)),
    // No name: authorities go by the alternative names, and refuse addresses here.
    der.sequence(),
    toSpki(createPublicKey(key)),
    der.explicit(0, extensions),
  );
  return signed(body, key);
}

const algorithm = der.sequence(der.objectIdentifier(OID.ecdsaWithSha256));

const signed = (body: Buffer, key: KeyObject): Buffer =>
  der.sequence(body, algorithm, der.bitString(sign('sha256', body, key)));

const toSpki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

const toName = (commonName: string): Buffer =>
  der.sequence(der.set(der.sequence(der.objectIdentifier(OID.commonName), der.utf8String(commonName))));

/** Positive, and of a length that does not change with it. */
function makeSerial(): Buffer {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes.writeUInt8((bytes.readUInt8() & 0x7f) | 0x40);
  return bytes;
}

function extension(oid: string, isCritical: boolean, value: Buffer): Buffer {
  return der.sequence(der.objectIdentifier(oid), ...(isCritical ? [der.boolean(true)] : []), der.octetString(value));
}

const DNS_NAME = 2;
const IP_ADDRESS = 7;

const toAddress = (text: string): Uint8Array => parseIpAddress(text) ?? new Uint8Array();

const toGeneralName = (name: string): Buffer =>
  isIP(name) === 0 ? der.tagged(DNS_NAME, Buffer.from(name)) : der.tagged(IP_ADDRESS, toAddress(name));

const subjectAltName = (names: readonly string[]): Buffer =>
  extension(OID.subjectAltName, false, der.sequence(...names.map(toGeneralName)));

/** RFC 5280, 4.2.1.2, method 1: of the bits of the key alone. */
function toKeyId(key: KeyObject): Buffer {
  const [, bits] = der.decodeAll(der.decodeAll(toSpki(key))[0]?.content ?? Buffer.alloc(0));
  return createHash('sha1')
    .update(bits?.content.subarray(1) ?? Buffer.alloc(0))
    .digest();
}

const keyIdentifier = (key: KeyObject): Buffer =>
  extension(OID.subjectKeyIdentifier, false, der.octetString(toKeyId(key)));

const authorityKeyIdentifier = (key: KeyObject): Buffer =>
  extension(OID.authorityKeyIdentifier, false, der.sequence(der.tagged(0, toKeyId(key))));

/** A server's: signs handshakes, and nothing else. */
export const serverExtensions = (): Buffer[] => [
  extension(OID.basicConstraints, true, der.sequence()),
  extension(OID.keyUsage, true, der.bitString(Buffer.of(0x80), 7)),
  extension(OID.extKeyUsage, false, der.sequence(der.objectIdentifier(OID.serverAuth))),
];

/** An authority's that can sign certificates for these names and no others, so that trusting it gives no more away. */
export const authorityExtensions = (names: readonly string[]): Buffer[] => [
  extension(OID.basicConstraints, true, der.sequence(der.boolean(true), der.integer(Buffer.of(0)))),
  extension(OID.keyUsage, true, der.bitString(Buffer.of(0x06), 1)),
  extension(OID.nameConstraints, true, toNameConstraints(names)),
];

/** RFC 5280, 4.2.1.10. A kind of name that does not occur would be free, so where none is wanted it gets an impossible one. */
function toNameConstraints(names: readonly string[]): Buffer {
  const permitted = names.map((name) => der.sequence(toSubtree(name)));
  const hasDns = names.some((name) => isIP(name) === 0);
  const excluded = [
    ...(hasDns ? [] : [der.sequence(der.tagged(DNS_NAME, Buffer.alloc(0)))]),
    ...(names.some(isIPv4) ? [] : [der.sequence(der.tagged(IP_ADDRESS, Buffer.alloc(8)))]),
    ...(names.some((name) => isIP(name) === 6) ? [] : [der.sequence(der.tagged(IP_ADDRESS, Buffer.alloc(32)))]),
  ];
  return der.sequence(der.explicit(0, ...permitted), ...(excluded.length > 0 ? [der.explicit(1, ...excluded)] : []));
}

function toSubtree(name: string): Buffer {
  if (isIP(name) === 0) return toGeneralName(name);
  const address = toAddress(name);
  return der.tagged(IP_ADDRESS, Buffer.concat([address, Buffer.alloc(address.length, 0xff)]));
}

/** RFC 8737, section 3. @param digest SHA-256 of the key authorization */
export const acmeExtensions = (digest: Uint8Array): Buffer[] => [
  extension(OID.acmeIdentifier, true, der.octetString(digest)),
];

/** The values inside of the first one in `bytes`. */
function inside(bytes: Buffer | undefined): der.DerValue[] {
  const [first] = der.decodeAll(bytes ?? Buffer.alloc(0));
  return der.decodeAll(first?.content ?? Buffer.alloc(0));
}

/** The key identifier of whoever has signed a certificate (the value, without its wrapping). */
export function findAuthorityKeyId(certificate: Buffer): Buffer | undefined {
  const [body] = inside(certificate);
  const extensions = inside(body?.whole).find(({ tag }) => tag === 0xa3);
  const wanted = der.objectIdentifier(OID.authorityKeyIdentifier);
  for (const { content } of inside(extensions?.content)) {
    const fields = der.decodeAll(content);
    if (fields[0]?.whole.equals(wanted) === true) {
      return inside(fields.at(-1)?.content).find(({ tag }) => tag === 0x80)?.content;
    }
  }
  return undefined;
}

export function toPem(label: string, bytes: Uint8Array): string {
  const lines = Buffer.from(bytes).toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
