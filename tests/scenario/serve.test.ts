import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../support/appliance.ts';
import { RawDevice } from '../support/raw-device.ts';

/** `vant serve` as an admin meets it: its words, its signals, its exit codes. */
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});

async function directory(): Promise<string> {
  const path = await makeTemporaryDirectory();
  cleanups.push(() => removeDirectory(path));
  return path;
}

async function start(options: Parameters<typeof startAppliance>[0] = {}): Promise<Appliance> {
  const appliance = await startAppliance({ dataDirectory: join(await directory(), 'data'), ...options });
  cleanups.push(() => appliance.kill().catch(() => undefined));
  return appliance;
}

describe('starting', () => {
  test('prints the link of the owner until there is one, and carries on after a restart', async () => {
    const first = await start();
    expect(first.ownerLink).toMatch(new RegExp(`^${first.url}/join#[\\w-]{43}$`));
    expect(await first.stop()).toBe(0);

    const second = await start({ dataDirectory: first.dataDirectory });
    expect(second.ownerLink).toBeDefined();
    const owner = await RawDevice.join(second.url, second.ownerLink!);
    expect(await second.stop()).toBe(0);

    const third = await start({ dataDirectory: first.dataDirectory });
    expect(third.ownerLink).toBeUndefined();
    const { members } = await new RawDeviceAt(owner, third.url).members();
    expect(members).toHaveLength(1);
  });

  test('a link from an earlier start opens nothing once there is an owner', async () => {
    const first = await start();
    await first.stop();
    const second = await start({ dataDirectory: first.dataDirectory });
    await RawDevice.join(second.url, second.ownerLink!);
    await expect(RawDevice.join(second.url, first.ownerLink!)).rejects.toMatchObject({
      body: { code: 'INVITE_INVALID' },
    });
  });

  test('a port that is taken is said in one sentence, with the remedy', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    cleanups.push(async () => other.close());
    const { port } = other.address() as { port: number };
    const failure = startAppliance({ port, dataDirectory: join(await directory(), 'data') });
    await expect(failure).rejects.toThrow(
      new RegExp(`Vant cannot start\\. Another program listens on 127\\.0\\.0\\.1:${port}\\..*server\\.listen`),
    );
  });

  test('a data directory in use is refused, and the running server is not disturbed', async () => {
    const first = await start();
    await expect(startAppliance({ dataDirectory: first.dataDirectory })).rejects.toThrow(
      /Vant cannot start\..*in use/s,
    );
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
  });

  test('all mistakes of a configuration are told at once, with line and column', async () => {
    const folder = await directory();
    const file = join(folder, 'vant.config.yaml');
    await writeFile(file, 'relay:\n  mesage_ttl: 3d\n  max_content: 256\ninvites:\n  max_ttl: soon\n');
    const failure = await startAppliance({
      env: { VANT_CONFIG: file },
      dataDirectory: join(folder, 'data'),
    }).catch((error: unknown) => String(error));
    expect(failure).toContain('vant.config.yaml:2:3');
    expect(failure).toContain('message_ttl');
    expect(failure).toContain('vant.config.yaml:3:');
    expect(failure).toContain('vant.config.yaml:5:');
  });
});

describe('signals', () => {
  test('SIGHUP applies live options and names those that need a restart; mistakes change nothing', async () => {
    const folder = await directory();
    const file = join(folder, 'vant.config.yaml');
    await writeFile(file, 'relay:\n  message_ttl: 3d\n');
    const appliance = await start({ env: { VANT_CONFIG: file } });
    const maxTtlSeconds = async () =>
      ((await (await fetch(`${appliance.url}/v1/server`)).json()) as { maxTtlSeconds: number }).maxTtlSeconds;
    expect(await maxTtlSeconds()).toBe(3 * 86_400);

    await writeFile(file, 'relay:\n  message_ttl: 2d\n  max_content: 64KiB\n');
    appliance.signal('SIGHUP');
    await appliance.untilOutput('An option has changed that needs a restart');
    expect(appliance.output()).toContain('"option":"relay.message_ttl","from":"3d","to":"2d"');
    expect(await maxTtlSeconds()).toBe(2 * 86_400);

    await writeFile(file, 'relay:\n  message_ttl: soon\n');
    appliance.signal('SIGHUP');
    await appliance.untilOutput('The configuration has errors and was not read again');
    expect(await maxTtlSeconds()).toBe(2 * 86_400);
  });

  test('SIGTERM: connected devices are told to come back, redis-server ends, the exit code is 0', async () => {
    const appliance = await start();
    const owner = await RawDevice.join(appliance.url, appliance.ownerLink!);
    const connection = await owner.connect();
    const redisPid = await appliance.redisPid();
    const stopped = appliance.stop();
    await connection.untilFrame('draining');
    expect(await connection.closed).toMatchObject({ code: 1012 });
    expect(await stopped).toBe(0);
    expect(() => process.kill(redisPid, 0)).toThrow(/ESRCH/);
  });
});

describe('operations', () => {
  test('metrics have a listener of their own, and count without naming anyone', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as { port: number };
    await new Promise((resolve) => probe.close(resolve));
    const appliance = await start({ env: { VANT_METRICS_LISTEN: `127.0.0.1:${port}` } });
    const owner = await RawDevice.join(appliance.url, appliance.ownerLink!);
    const member = await owner.inviteAndJoin();
    const [a, b] = [await owner.connect(), await member.connect()];
    await a.send(member, 'counted');
    await b.untilReceived(1);
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(text).toMatch(/^vant_connections 2$/m);
    expect(text).toMatch(/^vant_submissions_total\{outcome="accepted"\} 1$/m);
    expect(text).toMatch(/^vant_deliveries_total 1$/m);
    for (const id of [owner.accountId, member.accountId]) expect(text).not.toContain(id);
    expect((await fetch(`${appliance.url}/metrics`)).status).toBe(404);
  });

  test('logs name no account, secret or whole address, even at debug', async () => {
    const appliance = await start();
    const owner = await RawDevice.join(appliance.url, appliance.ownerLink!);
    const member = await owner.inviteAndJoin();
    const connection = await owner.connect();
    await connection.send(member, 'secret content');
    await owner.call('takePreKeyBundles', { params: { accountId: member.accountId } });
    await connection.close();
    await appliance.stop();
    const log = appliance
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .join('\n');
    expect(log).toContain('/v1/keys/:accountId');
    expect(log).toContain('127.0.0.0/24');
    const secret = (device: RawDevice) => device.credentials.split('.')[2]!;
    for (const text of [
      owner.accountId,
      member.accountId,
      secret(owner),
      secret(member),
      'secret content',
      '127.0.0.1"',
    ]) {
      expect(log).not.toContain(text);
    }
  });

  test('a browser that opens a link gets the web app, and those without script are told why nothing happens', async () => {
    const appliance = await start();
    const page = await fetch(appliance.ownerLink!);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = await page.text();
    expect(text).toContain('<vant-app>');
    expect(text).toContain('needs JavaScript');
  });

  test('the data directory is readable by its owner only', async () => {
    const folder = await directory();
    const data = join(folder, 'deep', 'data');
    await mkdir(join(folder, 'deep'));
    await start({ dataDirectory: data });
    const { stat } = await import('node:fs/promises');
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    expect(await readFile(join(data, 'vant.lock.json'), 'utf8')).toContain('pid');
  });
});

/** The same device after its server has moved to another port. */
class RawDeviceAt {
  readonly #device: RawDevice;
  constructor(device: RawDevice, url: string) {
    this.#device = Object.assign(Object.create(RawDevice.prototype) as RawDevice, device, { url });
  }
  members() {
    return this.#device.call('listMembers');
  }
}
