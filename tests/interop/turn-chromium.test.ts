/** Relay-only audio calls of a real browser through our server. */
import { createHash, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, type Browser } from '../support/turn/chromium-call.ts';
import { createCertificate } from '../support/turn/certificate.ts';
import { startTurnHost, type TurnHost } from '../support/turn/turn-host.ts';

let host: TurnHost;
let browser: Browser;

beforeAll(async () => {
  const certificate = await createCertificate();
  host = await startTurnHost(
    {
      listen: (['udp', 'tcp', 'tls'] as const).map((transport) => ({ transport, address: '127.0.0.1', port: 0 })),
      quota: { maxAllocations: 100, maxAllocationsPerUser: 24, maxAllocationsPerAddress: 100 },
    },
    { certificate },
  );
  const publicKey = new X509Certificate(certificate.cert).publicKey.export({ type: 'spki', format: 'der' });
  const pin = createHash('sha256').update(publicKey).digest('base64');
  browser = await launchBrowser([`--ignore-certificate-errors-spki-list=${pin}`]);
});

afterAll(async () => {
  await browser.close();
  await host.stop();
});

const PACKETS = 100;

async function call(urls: readonly string[]) {
  const { username, password: credential } = host.credentials('browser');
  const before = host.supervisor.counters;
  const result = await browser.call({ urls, username, credential, packets: PACKETS });
  return { result, before, after: host.supervisor.counters };
}

describe('a call of which both ends are relayed', () => {
  test.each([
    ['udp', () => `turn:127.0.0.1:${host.port('udp')}?transport=udp`],
    ['tcp', () => `turn:127.0.0.1:${host.port('tcp')}?transport=tcp`],
    ['tls', () => `turns:localhost:${host.port('tls')}?transport=tcp`],
  ])('over %s', async (protocol, url) => {
    const { result, before, after } = await call([url()]);
    expect(result.candidateTypes).toEqual(['relay', 'relay', 'relay', 'relay']);
    expect(result.relayProtocols).toEqual([protocol, protocol]);
    expect(result.packetsLost).toEqual([0, 0]);
    // The browser's word is not taken for it: the relay has seen them.
    expect(after.internalPacketsTotal - before.internalPacketsTotal).toBeGreaterThanOrEqual(2 * PACKETS);
    expect(after.droppedPacketsTotal - before.droppedPacketsTotal).toBeLessThan(20);
  });

  test('with all transports offered at once, within the default quota of a device', async () => {
    const { result } = await call([
      `turn:127.0.0.1:${host.port('udp')}?transport=udp`,
      `turn:127.0.0.1:${host.port('tcp')}?transport=tcp`,
      `turns:localhost:${host.port('tls')}?transport=tcp`,
    ]);
    expect(new Set(result.candidateTypes)).toEqual(new Set(['relay']));
    expect(host.events.filter(({ type }) => type === 'refused')).toEqual([]);
  });
});
