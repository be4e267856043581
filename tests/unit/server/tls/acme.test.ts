/** ACME where no authority of the tests gives the answer: limits, odd answers, times. */
import { createPrivateKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { AcmeClient } from '../../../../server/tls/acme/acme-client.ts';
import { AcmeError, type AcmeProblem } from '../../../../server/tls/acme/acme-error.ts';
import { parseRetryAfter, type AcmeAnswer } from '../../../../server/tls/acme/acme-http.ts';
import { toRetryMs } from '../../../../server/tls/acme/renewal.ts';
import { createKeyPem } from '../../../../server/tls/temporary-certificate.ts';

const NOW = Date.UTC(2027, 0, 2);
const HOUR_MS = 3_600_000;
const DIRECTORY = {
  newNonce: 'https://ca.test/nonce',
  newAccount: 'https://ca.test/account',
  newOrder: 'https://ca.test/order',
  renewalInfo: 'https://ca.test/renewal',
};

const problemOf = (type: string, detail = 'x') => ({ type: `urn:ietf:params:acme:error:${type}`, detail });
const toAnswer = (status: number, body: object, headers: AcmeAnswer['headers'] = {}): AcmeAnswer => ({
  status,
  headers: { 'replay-nonce': 'n', date: new Date(NOW).toUTCString(), ...headers },
  text: JSON.stringify(body),
});

/** @param respond to everything but the directory and nonces */
function createClient(respond: (url: string) => AcmeAnswer, directory: object = DIRECTORY) {
  const asked: string[] = [];
  const client = new AcmeClient({
    directoryUrl: 'https://ca.test/directory',
    accountKey: createPrivateKey(createKeyPem()),
    now: () => NOW,
    request: async (url) => {
      asked.push(url);
      if (url === 'https://ca.test/directory') return toAnswer(200, directory);
      return url === DIRECTORY.newNonce ? toAnswer(200, {}) : respond(url);
    },
  });
  return { client, asked };
}

async function failureOf(work: Promise<unknown>): Promise<AcmeProblem> {
  return await work.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => (error as AcmeError).problem,
  );
}

describe('the client', () => {
  test('tries ten nonces, and no more', async () => {
    const { client, asked } = createClient(() => toAnswer(400, problemOf('badNonce')));
    expect((await failureOf(client.createOrder({ names: ['a.test'] }))).type).toBe('badNonce');
    expect(asked.filter((url) => url === DIRECTORY.newOrder)).toHaveLength(10);
  });

  test('hears when it may ask again', async () => {
    const { client } = createClient(() => toAnswer(429, problemOf('rateLimited'), { 'retry-after': '7200' }));
    const problem = await failureOf(client.createOrder({ names: ['a.test'] }));
    expect(problem).toMatchObject({ type: 'rateLimited', retryAfterMs: 2 * HOUR_MS });
    expect(new AcmeError(problem).explanation).toBe(
      'The certificate authority was asked too often (x). Vant asks again in 2 hours; to try things out, use its staging directory (tls.acme.directory).',
    );
  });

  test('a proxy’s page in place of an answer is an unknown problem with its status', async () => {
    const { client } = createClient(() => ({ status: 503, headers: {}, text: '<html>' }));
    expect(await failureOf(client.createOrder({ names: ['a.test'] }))).toMatchObject({
      type: 'unknown',
      detail: 'HTTP 503',
    });
  });

  test.each([
    ['no such word', {}, undefined],
    ['nonsense', { suggestedWindow: { start: 'soon', end: 'later' } }, undefined],
    ['the end before the start', window(2, 1), undefined],
    ['one', window(1, 2), { startMs: NOW + HOUR_MS, endMs: NOW + 2 * HOUR_MS, retryAfterMs: 60_000 }],
  ])('renewal information: %s', async (_, body, expected) => {
    const { client } = createClient(() => toAnswer(200, body, { 'retry-after': '60' }));
    expect(await client.readRenewalWindow('id')).toEqual(expected);
  });

  test('an authority without renewal information is not asked for it', async () => {
    const { client, asked } = createClient(() => toAnswer(200, {}), { ...DIRECTORY, renewalInfo: undefined });
    expect(await client.readRenewalWindow('id')).toBeUndefined();
    expect(asked).toEqual(['https://ca.test/directory']);
  });
});

function window(startHours: number, endHours: number) {
  const at = (hours: number) => new Date(NOW + hours * HOUR_MS).toISOString();
  return { suggestedWindow: { start: at(startHours), end: at(endHours) } };
}

describe('an explanation', () => {
  test.each<[string, Partial<AcmeProblem>, RegExp]>([
    ['dns', { name: 'a.test' }, /cannot find a\.test in the DNS .*Add an A or AAAA record for a\.test/],
    ['caa', { name: 'a.test' }, /CAA record of a\.test .*Add the authority/],
    ['connection', { name: 'a.test' }, /cannot connect to a\.test .*Open TCP port 443/],
    ['tls', { name: 'a.test' }, /Another TLS server answers .*http-01/],
    ['unauthorized', { name: 'a.test' }, /Another server answers .* no proxy stands in between/],
    ['unauthorized', { detail: 'Timeout during connect' }, /cannot connect/],
    ['malformed', { detail: 'no such host' }, /in the DNS/],
    ['clock', {}, /timedatectl/],
    ['compound', { subproblems: [{ type: 'dns', detail: 'y', name: 'b.test' }] }, /b\.test/],
    ['never heard of', {}, /refuses: never heard of .*tried again/],
  ])('of %s says what is wrong and what to do', (type, problem, expected) => {
    expect(new AcmeError({ type, detail: 'x', ...problem }).explanation).toMatch(expected);
  });
});

describe('a retry', () => {
  test.each([
    [1, 60_000],
    [2, 120_000],
    [5, 960_000],
    [30, 6 * HOUR_MS],
  ])('after %i failures comes within %i ms, and not much sooner', (failures, mostMs) => {
    expect(toRetryMs(failures, undefined, () => 1)).toBe(mostMs);
    expect(toRetryMs(failures, undefined, () => 0)).toBe(mostMs * 0.75);
  });

  test('is not before the authority wants it, and not after a day', () => {
    expect(toRetryMs(1, HOUR_MS, () => 1)).toBe(HOUR_MS);
    expect(toRetryMs(1, 1, () => 1)).toBe(60_000);
    expect(toRetryMs(1, 90 * HOUR_MS, () => 1)).toBe(24 * HOUR_MS);
  });
});

test.each([
  ['120', 120_000],
  [new Date(NOW + 5000).toUTCString(), 5000],
  [new Date(NOW - 5000).toUTCString(), 0],
  ['soon', undefined],
  [undefined, undefined],
])('Retry-After: %s', (text, expected) => {
  expect(parseRetryAfter(text, NOW)).toBe(expected);
});
