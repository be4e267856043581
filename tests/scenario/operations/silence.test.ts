/** A server that is told to stop does, whoever is connected: clients that have fallen silent, and those whose network is gone, which are
 * never heard of again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findFreePort } from '../../support/free-port.ts';
import { BINARY_ROUTES } from '../../../wire/routes.ts';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../../support/appliance.ts';
import { RawDevice } from '../../support/raw-device.ts';
import type { SilentClients } from '../../support/silent-clients-process.ts';
import { createNamespace, findNamespaceObstacle } from '../../support/turn/network-namespaces.ts';

const CLIENTS = fileURLToPath(new URL('../../support/silent-clients-process.ts', import.meta.url));
const DRAIN_SECONDS = 2;
/** A hang lasts until the kernel gives up on the connection (a quarter of an hour), or for ever. */
const STOP_WITHIN_MS = 60_000;

let directory: string;
let member: Pick<SilentClients, 'credentials' | 'attachmentId'>;
const cleanups: (() => unknown)[] = [];

const dataDirectory = (): string => join(directory, 'data');

beforeAll(async () => {
  directory = await makeTemporaryDirectory();
  const appliance = await startAppliance({ dataDirectory: dataDirectory() });
  const { credentials } = await RawDevice.join(appliance.url, appliance.ownerLink!);
  const { method, path } = BINARY_ROUTES.uploadAttachment;
  const response = await fetch(appliance.url + path, {
    method,
    headers: { authorization: `Bearer ${credentials}`, 'content-type': 'application/octet-stream' },
    body: randomBytes(16 * 1024 * 1024),
  });
  const { attachmentId } = (await response.json()) as { attachmentId: string };
  member = { credentials, attachmentId };
  await appliance.stop();
});
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
});
afterAll(() => removeDirectory(directory));

interface Place {
  readonly host: string;
  readonly run: (program: string, args: readonly string[]) => ChildProcess;
}

const HERE: Place = { host: '127.0.0.1', run: (program, args) => spawn(program, args, { stdio: 'pipe' }) };

async function startBeset({ host, run }: Place, isSecure: boolean): Promise<Appliance> {
  const [turnPort, metricsPort] = [await findFreePort(), await findFreePort()];
  const appliance = await startAppliance({
    dataDirectory: dataDirectory(),
    env: {
      VANT_SERVER_LISTEN: `${host}:0`,
      VANT_SERVER_DRAIN_TIMEOUT: `${DRAIN_SECONDS}s`,
      VANT_METRICS_LISTEN: `${host}:${metricsPort}`,
      VANT_TURN_MODE: 'embedded',
      VANT_TURN_EMBEDDED_LISTEN: `${host}:${turnPort}`,
      ...(isSecure && { VANT_TLS_MODE: 'local', VANT_TLS_NAMES: `localhost,${host}` }),
    },
  });
  cleanups.push(() => appliance.kill());
  const clients: SilentClients = { host, port: appliance.port, isSecure, turnPort, metricsPort, ...member };
  const child = run(process.execPath, [CLIENTS, JSON.stringify(clients)]);
  cleanups.push(() => child.kill('SIGKILL'));
  child.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`clients ended with ${String(code)}`)));
  await Promise.race([once(child.stdout!, 'data'), ended]);
  ended.catch(() => undefined);
  return appliance;
}

async function expectToStop(appliance: Appliance): Promise<void> {
  const deadline = Promise.withResolvers<string>();
  const timer = setTimeout(() => deadline.resolve('it hangs'), STOP_WITHIN_MS);
  expect(await Promise.race([appliance.stop(), deadline.promise])).toBe(0);
  clearTimeout(timer);
}

describe.each([
  ['HTTP', false],
  ['HTTPS', true],
])('a server of %s stops', (_, isSecure) => {
  test('among clients that say nothing more', async () => {
    await expectToStop(await startBeset(HERE, isSecure));
  });

  const obstacle = findNamespaceObstacle();
  if (obstacle !== undefined) process.stdout.write(`Skipped: ${obstacle}. Run the tests as root for it.\n`);
  test.skipIf(obstacle !== undefined)('among clients whose network is gone', async () => {
    const namespace = createNamespace(isSecure ? 3 : 4);
    cleanups.push(namespace.remove);
    const appliance = await startBeset({ host: namespace.hostAddress, run: namespace.run }, isSecure);
    namespace.cut();
    await expectToStop(appliance);
  });
});
