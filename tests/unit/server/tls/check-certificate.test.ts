import { beforeAll, describe, expect, test } from 'vitest';
import { checkCertificate } from '../../../../server/tls/check-certificate.ts';
import { parseStored } from '../../../../server/tls/stored-certificate.ts';
import { createTemporaryCertificate } from '../../../../server/tls/temporary-certificate.ts';
import type { Certificate } from '../../../../server/turn/net/stream-listener.ts';
import { createAuthority } from '../../../support/tls/authority.ts';

const NAME = 'chat.vant.test';
const DAY_MS = 86_400_000;
let issued: Certificate;
let chain: string[];
let root: string;

beforeAll(() => {
  const authority = createAuthority();
  issued = authority.issue([NAME], { days: 10 });
  chain = issued.cert.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----\n/g) ?? [];
  root = authority.certificate;
});

const check = (certificate: Partial<Certificate> = {}, { names = [NAME], days = 0 } = {}) =>
  checkCertificate({ ...issued, ...certificate }, { names, now: Date.now() + days * DAY_MS }).map(
    ({ severity, seen }) => `${severity}: ${seen}`,
  );

describe('a certificate', () => {
  test('with nothing wrong', () => {
    expect(check()).toEqual([]);
    expect(check({ cert: issued.cert + root })).toEqual([]);
  });

  test('its time: from four fifths of its life on a warning, after it an error, before it the clock', () => {
    expect(check({}, { days: 7.9 })).toEqual([]);
    expect(check({}, { days: 8.1 })).toEqual([
      expect.stringMatching(/^warning: The certificate expires on .* in 45 hours\.$/),
    ]);
    expect(check({}, { days: 11 })).toEqual([expect.stringMatching(/^error: The certificate has expired on /)]);
    expect(check({}, { days: -1 })).toEqual([
      expect.stringMatching(
        /^error: The certificate is not valid before .* the clock of this machine says .* one of them is wrong/,
      ),
    ]);
  });

  test('its names', () => {
    expect(check({}, { names: [NAME, 'other.vant.test'] })).toEqual([
      'error: The certificate is for chat.vant.test, and not for other.vant.test; clients refuse it.',
    ]);
  });

  test('its chain: in order, and there', () => {
    const [own = '', between = ''] = chain;
    expect(check({ cert: own })).toEqual([expect.stringMatching(/^warning: .*certificate alone/)]);
    expect(check({ cert: between + own })).toEqual([expect.stringMatching(/^fatal: .*not the first in the file/)]);
    expect(check({ cert: own + root + between })).toEqual([
      'error: The certificates are in the wrong order: number 1 in the file is not signed by number 2.',
    ]);
  });

  test('its key', () => {
    const other = createTemporaryCertificate([NAME], Date.now());
    expect(check({ key: other.key })).toEqual(['fatal: The private key does not belong to the certificate.']);
    expect(check({ key: 'x' })).toEqual(['fatal: The private key is not PEM, or has a passphrase.']);
    expect(check({ cert: 'x' })).toEqual(['fatal: The certificate is not PEM.']);
  });
});

test.each([
  ['nothing', undefined],
  ['half a file', '{"cert":"'],
  ['no certificate', '{"cert":"","key":""}'],
])('what is stored is not believed: %s', (_, text) => {
  expect(parseStored(text)).toBeUndefined();
});
