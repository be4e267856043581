/** `vant doctor turn` against servers that are well, and servers that are not. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { findFreePort } from '../../support/free-port.ts';
import type { Finding } from '../../../server/doctor/check.ts';
import { createTurnChecks } from '../../../server/doctor/turn-checks.ts';
import { loadConfig } from '../../../config/load.ts';
import { makeTemporaryDirectory, removeDirectory, startAppliance } from '../../support/appliance.ts';
import { createCertificate } from '../../support/turn/certificate.ts';
import { VANT_PROGRAM } from '../../support/vant-program.ts';
import { SETTINGS, startTurnHost, type TurnHost } from '../../support/turn/turn-host.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

async function start(...options: Parameters<typeof startTurnHost>): Promise<TurnHost> {
  const host = await startTurnHost(...options);
  cleanups.push(() => host.stop());
  return host;
}

async function directory(): Promise<string> {
  const path = await makeTemporaryDirectory();
  cleanups.push(() => removeDirectory(path));
  return path;
}

/** @returns what `vant doctor` prints, and its exit code. */
async function runDoctor(args: readonly string[], env: Record<string, string> = {}) {
  const [program, ...first] = VANT_PROGRAM;
  const run = promisify(execFile)(program, [...first, 'doctor', ...args], {
    cwd: await directory(),
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  });
  return await run.then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );
}

/** What the checks find that `vant doctor turn --url …` would run. */
async function examine(urls: readonly string[], credentials = { username: '', password: '' }): Promise<Finding[]> {
  const loaded = loadConfig({ env: {}, cwd: await directory() });
  const checks = createTurnChecks({ loaded, options: { url: urls, ...credentials } });
  return await Promise.all(checks.map((check) => check.run()));
}

async function check(host: TurnHost, transport: 'udp' | 'tcp' | 'tls', credentials = host.credentials()) {
  const scheme = transport === 'tls' ? 'turns:localhost' : 'turn:127.0.0.1';
  const url = `${scheme}:${host.port(transport)}?transport=${transport === 'udp' ? 'udp' : 'tcp'}`;
  const [finding] = await examine([url], credentials);
  return finding!;
}

describe('what it sees of a relay', () => {
  test.each(['udp', 'tcp'] as const)('that works over %s', async (transport) => {
    const host = await start();
    const finding = await check(host, transport);
    expect(finding.status).toBe('ok');
    expect(finding.seen).toMatch(/sees us as 127\.0\.0\.1, gives 127\.0\.0\.1 to peers, echo in \d+\.\d ms/);
    expect(host.supervisor.counters).toMatchObject({ allocations: 0, allocationsTotal: 2 });
  });

  test('that gives a private address to peers', async () => {
    const host = await start({ externalAddresses: ['192.168.7.7'] });
    expect(await check(host, 'udp')).toMatchObject({
      status: 'warning',
      seen: expect.stringContaining('gives 192.168.7.7 to peers'),
      remedy: expect.stringContaining('name the public address'),
    });
  });

  test('whose certificate nobody trusts', async () => {
    const certificate = await createCertificate();
    const host = await start({ listen: [{ transport: 'tls', address: '127.0.0.1', port: 0 }] }, { certificate });
    const finding = await check(host, 'tls');
    expect(finding.status).toBe('error');
    expect(finding.seen).toContain('certificate that browsers will refuse');
  });

  test('that has another secret', async () => {
    const host = await start();
    const finding = await check(host, 'udp', { username: host.credentials().username, password: 'wrong' });
    expect(finding).toMatchObject({ status: 'error', seen: expect.stringContaining('refused with 401') });
    expect(finding.remedy).toContain('another secret, or its clock is wrong');
  });

  test('that has no port left', async () => {
    const host = await start({ relayPorts: { min: 25_100, max: 25_100 } });
    const finding = await check(host, 'udp');
    expect(finding).toMatchObject({ status: 'error', seen: expect.stringContaining('refused with 508') });
    expect(finding.remedy).toContain('no port left');
  });

  test('that allows too few allocations', async () => {
    const host = await start({ quota: { ...SETTINGS.quota, maxAllocationsPerAddress: 1 } });
    expect(await check(host, 'udp')).toMatchObject({ status: 'error', remedy: expect.stringContaining('Too many') });
  });

  test('whose name nobody knows', async () => {
    const [finding] = await examine(['turn:relay.invalid:3478']);
    expect(finding).toMatchObject({ status: 'error', seen: expect.stringContaining('not known to DNS') });
  });

  test('that is not there', async () => {
    const port = await findFreePort();
    const urls = [`turn:127.0.0.1:${port}?transport=udp`, `turn:127.0.0.1:${port}?transport=tcp`];
    const findings = await examine(urls);
    expect(findings.map(({ status }) => status)).toEqual(['error', 'error']);
    expect(findings[0]!.remedy).toContain(`Open UDP ${port} in the firewall`);
    expect(findings[1]!.remedy).toContain(`Open TCP ${port} in the firewall`);
  });
});

describe('vant doctor', () => {
  test('finds a running server well that nobody has called over yet, and says so by its exit code', async () => {
    const dataDirectory = join(await directory(), 'data');
    const port = await findFreePort();
    const env = {
      VANT_TURN_MODE: 'embedded',
      VANT_TURN_EMBEDDED_LISTEN: `127.0.0.1:${port}`,
      VANT_TURN_EMBEDDED_PUBLIC_HOST: '127.0.0.1',
      VANT_STORAGE_DATA_DIR: dataDirectory,
    };
    const appliance = await startAppliance({ dataDirectory, env });
    cleanups.push(() => appliance.kill().catch(() => undefined));
    const { code, stdout } = await runDoctor(['turn', '--json'], env);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { check: string; status: string; option: string });
    expect(code).toBe(0);
    expect(lines.slice(0, 2).map((line) => [line.check, line.status, line.option])).toEqual([
      ['relay over UDP', 'ok', 'turn.embedded.listen'],
      ['relay over TCP', 'ok', 'turn.embedded.listen'],
    ]);
    expect(lines.map((line) => line.check)).toContain('relay ports');
    await appliance.stop();
    const stopped = await runDoctor(['turn'], env);
    expect(stopped.code).toBe(1);
    expect(stopped.stdout).toMatch(new RegExp(`^error +relay over UDP +127\\.0\\.0\\.1:${port} does not answer`, 'm'));
    expect(stopped.stdout).toContain(`Open UDP ${port} in the firewall`);
  });

  test('tests any relay, from anywhere, with credentials at hand', async () => {
    const host = await start();
    const { username, password } = host.credentials();
    const url = `turn:127.0.0.1:${host.port('udp')}?transport=udp`;
    const args = ['turn', '--url', url, '--username', username, '--password', password];
    expect(await runDoctor(args)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ok +relay over UDP /) });
    expect((await runDoctor([...args.slice(0, -1), 'wrong'])).code).toBe(1);
  });

  test('says why it cannot test: no server yet, turned off, a mistake in the configuration', async () => {
    const fresh = await runDoctor(['turn'], { VANT_STORAGE_DATA_DIR: await directory() });
    expect([fresh.code, fresh.stdout]).toEqual([1, expect.stringContaining('Start the server once (vant serve)')]);
    const off = await runDoctor(['turn'], { VANT_TURN_MODE: 'off' });
    expect([off.code, off.stdout]).toEqual([0, expect.stringMatching(/^warning +relay +there is no relay/)]);
    const path = join(await directory(), 'vant.config.yaml');
    await writeFile(path, 'turn: { mode: on }\n');
    const wrong = await runDoctor(['turn', '--config', path]);
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('turn.mode')]);
  });
});
