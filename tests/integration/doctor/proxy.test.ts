import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePort } from '../../support/free-port.ts';
import { loadConfig } from '../../../config/load.ts';
import { createNetworkChecks } from '../../../server/doctor/network-checks.ts';
import type { Finding } from '../../../server/doctor/check.ts';
import { makeTemporaryDirectory, removeDirectory } from '../../support/appliance.ts';
import { startNginx } from '../../support/nginx.ts';
import { startNode } from '../../support/server.ts';

type Node = Awaited<ReturnType<typeof startNode>>;

const PASS = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";';
const FORWARD = 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;';

describe('the way in, through a proxy', () => {
  let directory: string;
  let node: Node;
  let trusting: Node;
  beforeAll(async () => {
    directory = await makeTemporaryDirectory();
    node = await startNode({ VANT_STORAGE_DATA_DIR: `${directory}/one` });
    trusting = await startNode({
      VANT_STORAGE_DATA_DIR: `${directory}/two`,
      VANT_SERVER_TRUSTED_PROXIES: '127.0.0.1',
    });
  });
  afterAll(async () => {
    for (const { app } of [node, trusting]) await app.stop();
    await removeDirectory(directory);
  });

  async function examine(url: string, name: string): Promise<Finding> {
    const loaded = loadConfig({ cwd: directory, env: { VANT_SERVER_PUBLIC_URL: url } });
    const check = createNetworkChecks({ loaded }, Date.now).find((each) => each.name === name);
    return await check!.run();
  }

  async function through(location: string, name: string): Promise<Finding> {
    const nginx = await startNginx(location);
    return await examine(nginx.url, name).finally(() => nginx.stop());
  }

  test('WebSocket: open, and with the mistakes that proxies are set up with', async () => {
    expect(await examine(node.url, 'WebSocket')).toMatchObject({ status: 'ok' });
    const right = `proxy_pass ${node.url}; ${PASS}`;
    expect(await through(right, 'WebSocket')).toMatchObject({ status: 'ok' });
    expect(await through(`proxy_pass ${node.url};`, 'WebSocket')).toEqual({
      status: 'error',
      seen: expect.stringContaining('the header Upgrade is missing'),
      remedy: expect.stringContaining('proxy_set_header Upgrade $http_upgrade'),
    });
    expect(await through(`${right} proxy_set_header Sec-WebSocket-Protocol "";`, 'WebSocket')).toMatchObject({
      status: 'error',
      seen: expect.stringContaining('drops the header Sec-WebSocket-Protocol'),
    });
    const nobody = `proxy_pass http://127.0.0.1:${await findFreePort()};`;
    expect(await through(nobody, 'WebSocket')).toMatchObject({
      status: 'error',
      seen: expect.stringMatching(/proxy \(nginx.*\) answers 502/),
    });
    expect(await through('return 200 "something else";', 'WebSocket')).toMatchObject({ status: 'error' });
  });

  test('client addresses: those of clients, or that of the proxy for all', async () => {
    const check = 'client addresses';
    expect(await examine(node.url, check)).toEqual({ status: 'ok', seen: '127.0.0.1, without a proxy' });
    expect(await through(`proxy_pass ${trusting.url}; ${FORWARD}`, check)).toEqual({
      status: 'ok',
      seen: '127.0.0.1, as the proxy at 127.0.0.1 says',
    });
    expect(await through(`proxy_pass ${node.url}; ${FORWARD}`, check)).toEqual({
      status: 'error',
      seen: expect.stringContaining('Vant does not believe it'),
      remedy: 'Add it: server.trusted_proxies: [127.0.0.1]',
    });
    expect(await through('return 200 "{}";', check)).toMatchObject({ status: 'warning' });
  });

  test('ports: what refuses is named with its address', async () => {
    const port = await findFreePort();
    expect(await examine(`http://127.0.0.1:${port}`, `port ${port}`)).toMatchObject({
      status: 'error',
      seen: `127.0.0.1:${port} refuses: nothing listens there`,
    });
    expect(await examine(node.url, `port ${new URL(node.url).port}`)).toMatchObject({ status: 'ok' });
  });
});
