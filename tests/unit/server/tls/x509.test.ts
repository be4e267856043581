/** Our certificates and requests, read by Node's OpenSSL. */
import { X509Certificate, createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { toServerName } from '../../../../server/tls/acme/pending-challenges.ts';
import { toCertificateId } from '../../../../server/tls/acme/renewal.ts';
import { decodeAll, integer, objectIdentifier, time } from '../../../../server/tls/der/der.ts';
import {
  acmeExtensions,
  createSigningRequest,
  findAuthorityKeyId,
  issueCertificate,
  serverExtensions,
} from '../../../../server/tls/der/x509.ts';
import { createKeyPem, createTemporaryCertificate } from '../../../../server/tls/temporary-certificate.ts';

const NOW = Date.UTC(2027, 0, 2, 3, 4, 5);

describe('DER', () => {
  test.each([
    ['zero', integer(Buffer.of(0)), '020100'],
    ['127', integer(Buffer.of(0x7f)), '02017f'],
    ['128, which must not become negative', integer(Buffer.of(0x80)), '02020080'],
    ['leading zeros', integer(Buffer.of(0, 0, 1)), '020101'],
    ['an identifier with a large part', objectIdentifier('1.2.840.113549'), '06062a864886f70d'],
    ['a time before 2050', time(NOW), '170d3237303130323033303430355a'],
    ['a time after', time(Date.UTC(2050, 0, 1)), '180f32303530303130313030303030305a'],
  ])('%s', (_, bytes, hex) => {
    expect(bytes.toString('hex')).toBe(hex);
  });

  test('a value that is longer than what holds it is refused', () => {
    expect(() => decodeAll(Buffer.from('300500', 'hex'))).toThrow(RangeError);
    expect(() => decodeAll(Buffer.from('30', 'hex'))).toThrow(RangeError);
    expect(decodeAll(Buffer.alloc(0))).toEqual([]);
  });

  test('lengths of more than one byte', () => {
    const names = Array.from({ length: 100 }, (_, index) => `name-${index}.vant.test`);
    const { cert } = createTemporaryCertificate(names, NOW);
    expect(new X509Certificate(cert).subjectAltName?.split(', ')).toHaveLength(100);
  });
});

describe('a certificate', () => {
  const names = ['chat.example.org', '203.0.113.7', '2001:db8::7'];
  const { cert, key } = createTemporaryCertificate(names, NOW);
  const certificate = new X509Certificate(cert);

  test('is for its names, its time and its key', () => {
    expect(certificate.checkHost('chat.example.org')).toBeDefined();
    expect(certificate.checkHost('evil.example.org')).toBeUndefined();
    for (const address of names.slice(1)) expect(certificate.checkIP(address)).toBeDefined();
    expect(certificate.validFromDate.getTime()).toBe(NOW - 3_600_000);
    expect(certificate.validToDate.getTime()).toBe(NOW + 7 * 86_400_000);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.verify(createPublicKey(createPrivateKey(key)))).toBe(true);
  });

  test('has an id for renewal information (RFC 9773, 4.1)', () => {
    const [keyId = '', serial = ''] = toCertificateId(certificate)?.split('.') ?? [];
    const spki = createPublicKey(createPrivateKey(key)).export({ type: 'spki', format: 'der' });
    // The last 65 bytes are the point.
    expect(Buffer.from(keyId, 'base64url')).toEqual(createHash('sha1').update(spki.subarray(-65)).digest());
    expect(Buffer.from(serial, 'base64url').toString('hex').toUpperCase()).toBe(certificate.serialNumber);
    expect(findAuthorityKeyId(certificate.raw)?.toString('base64url')).toBe(keyId);
  });

  test('of a challenge has the digest, critical (RFC 8737)', () => {
    const privateKey = createPrivateKey(createKeyPem());
    const digest = createHash('sha256').update('token.thumbprint').digest();
    const pem = issueCertificate({
      ...{ commonName: 'x', names: ['chat.example.org'], publicKey: createPublicKey(privateKey) },
      ...{ issuer: { commonName: 'x', key: privateKey }, now: NOW, lifetimeMs: 1000 },
      extensions: acmeExtensions(digest),
    });
    const hex = new X509Certificate(pem).raw.toString('hex');
    expect(hex).toContain(
      `${objectIdentifier('1.3.6.1.5.5.7.1.31').toString('hex')}0101ff04220420${digest.toString('hex')}`,
    );
    expect(serverExtensions()).toHaveLength(3);
  });
});

test('a request is what openssl takes, without a name in it', () => {
  const der = createSigningRequest(['chat.example.org', '203.0.113.7'], createPrivateKey(createKeyPem()));
  const text = execFileSync('openssl', ['req', '-inform', 'DER', '-noout', '-text', '-verify'], {
    input: der,
    stdio: ['pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  expect(text).toContain('DNS:chat.example.org, IP Address:203.0.113.7');
  expect(text).toMatch(/Subject: *\n/);
});

test.each([
  ['Chat.Example.org', 'chat.example.org'],
  ['203.0.113.7', '7.113.0.203.in-addr.arpa'],
  ['2001:db8::7', '7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'],
])('in TLS-ALPN-01 %s is asked for as %s', (name, expected) => {
  expect(toServerName(name)).toBe(expected);
});
