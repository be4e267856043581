/** coturn's own clients against our server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCoturn, runUclient, startCoturn, type RunningProgram } from '../support/turn/coturn.ts';
import { createCertificate } from '../support/turn/certificate.ts';
import { SECRET, startTurnHost, type TurnHost } from '../support/turn/turn-host.ts';

const PEER_PORT = 13_480;
let host: TurnHost;
let peer: RunningProgram;

beforeAll(async () => {
  const certificate = await createCertificate();
  const all = (address: string) =>
    (['udp', 'tcp', 'tls'] as const).map((transport) => ({ transport, address, port: 0 }));
  host = await startTurnHost(
    {
      listen: [...all('127.0.0.1'), ...all('::1')],
      // Not 127.0.0.1, because that is where the peer is: our own address would never be reached through the system.
      externalAddresses: ['127.0.0.2', '::1'],
      allowPeers: ['127.0.0.1'],
      // Credentials that turnutils_uclient makes itself hold for a day.
      credentialTtlMs: 2 * 24 * 3_600_000,
    },
    { certificate },
  );
  peer = await startCoturn('turnutils_peer', ['-L', '127.0.0.1', '-p', String(PEER_PORT)]);
});

afterAll(async () => {
  await peer.stop();
  await host.stop();
});

type Transport = 'udp' | 'tcp' | 'tls';

/** The client of coturn 4.6 reads one message of a TLS record and forgets what follows it, of whatever server: so that two seldom
 * come together, it sends slowly. */
const PACE: Readonly<Record<Transport, readonly string[]>> = {
  udp: ['-n', '20', '-z', '20'],
  tcp: ['-n', '20', '-z', '20'],
  tls: ['-n', '10', '-z', '200'],
};

/** Two clients that send some messages each. */
async function relay(transport: Transport, args: readonly string[], address = '127.0.0.1') {
  const { username, password } = host.credentials();
  const flags = { udp: [], tcp: ['-t'], tls: ['-t', '-S'] }[transport];
  return await runUclient([
    ...['-p', String(host.port(transport, address)), '-u', username, '-w', password],
    ...['-m', '2', '-l', '160', ...PACE[transport]],
    ...flags,
    ...args,
    address,
  ]);
}

test('turnutils_stunclient sees its own address', async () => {
  const output = await runCoturn('turnutils_stunclient', ['-p', String(host.port('udp')), '127.0.0.1']);
  expect(output).toMatch(/UDP reflexive addr: 127\.0\.0\.1:\d+/);
});

// Not with -Z: this client asks for both families by attribute 0x8032 of a draft, where RFC 8656 has 0x8000, and so gets one.
describe.concurrent('turnutils_uclient', () => {
  test.each<[string, Transport, string[], string?]>([
    ['UDP, channels', 'udp', ['-y', '-c']],
    ['UDP, indications', 'udp', ['-y', '-c', '-s']],
    ['UDP, with even ports and reservations, twice as many', 'udp', ['-y']],
    ['UDP, padding that RFC 8656 allows', 'udp', ['-y', '-c', '-D']],
    ['UDP, extra requests', 'udp', ['-y', '-c', '-G']],
    ['UDP, requests that must be refused in between', 'udp', ['-y', '-c', '-N']],
    ['UDP, 1,200 bytes', 'udp', ['-y', '-c', '-l', '1200']],
    ['UDP over IPv6', 'udp', ['-y', '-c'], '::1'],
    ['UDP over IPv6, relayed by IPv6', 'udp', ['-y', '-c', '-x'], '::1'],
    ['TCP, channels', 'tcp', ['-y', '-c']],
    ['TCP, indications', 'tcp', ['-y', '-c', '-s']],
    ['TCP over IPv6', 'tcp', ['-y', '-c'], '::1'],
    ['TLS, channels', 'tls', ['-y', '-c']],
    ['TLS, indications', 'tls', ['-y', '-c', '-s']],
    ['UDP, to a peer', 'udp', ['-c', '-e', '127.0.0.1', '-r', String(PEER_PORT)]],
    ['UDP, to a peer, indications', 'udp', ['-c', '-s', '-e', '127.0.0.1', '-r', String(PEER_PORT)]],
    ['TCP, to a peer', 'tcp', ['-c', '-e', '127.0.0.1', '-r', String(PEER_PORT)]],
    ['TLS, to a peer', 'tls', ['-c', '-e', '127.0.0.1', '-r', String(PEER_PORT)]],
  ])('%s', async (_, transport, args, address) => {
    const { sent, received, lost, output } = await relay(transport, args, address);
    const count = (transport === 'tls' ? 20 : 40) * (args.includes('-c') ? 1 : 2);
    expect({ sent, received, lost }, output).toEqual({ sent: count, received: count, lost: 0 });
  });

  test('makes its own credentials from the shared secret', async () => {
    const args = ['-p', String(host.port('udp')), '-u', 'device', '-W', SECRET, '-y', '-c', '-m', '1', '-n', '5'];
    expect((await runUclient([...args, '127.0.0.1'])).received).toBe(10);
  });

  test('is refused with a wrong password', async () => {
    const args = ['-p', String(host.port('udp')), '-u', host.credentials().username, '-w', 'wrong', '-y', '-c'];
    await expect(runUclient([...args, '-m', '1', '-n', '5', '127.0.0.1'])).rejects.toThrow(/turnutils_uclient/);
  });
});

test('nothing of it came from our mistakes', () => {
  expect(host.events.filter(({ type }) => type === 'fault')).toEqual([]);
  expect(host.crashes).toEqual([]);
  expect(host.supervisor.counters.internalPacketsTotal).toBeGreaterThan(500);
});
