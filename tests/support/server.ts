/** The server inside the test process, on a free port, with an embedded Redis of its own. */
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { loadConfig } from '../../config/load.ts';
import { describeOptions } from '../../config/describe-options.ts';
import { createApp, type App, type Overrides } from '../../server/app.ts';
import { describeBuild } from '../../server/build-info.ts';
import { createLog } from '../../server/observability/log.ts';
import { makeTemporaryDirectory, removeDirectory } from './appliance.ts';
import { RawDevice } from './raw-device.ts';

export interface TestServer {
  readonly app: App;
  readonly url: string;
  readonly owner: RawDevice;
  readonly logText: () => string;
  stop(): Promise<void>;
}

/** @param env options by environment name */
export async function startTestServer(
  env: Record<string, string> = {},
  overrides: Overrides = {},
): Promise<TestServer> {
  const directory = await makeTemporaryDirectory();
  const { app, logText } = await startNode({ VANT_STORAGE_DATA_DIR: join(directory, 'data'), ...env }, overrides);
  const url = `http://127.0.0.1:${app.port}`;
  const owner = await RawDevice.join(url, app.setupLink ?? '');
  return {
    app,
    url,
    owner,
    logText,
    async stop() {
      await app.stop();
      await removeDirectory(directory);
    },
  };
}

/** One node, without an owner; several may share an external Redis. */
export async function startNode(env: Record<string, string>, overrides: Overrides = {}) {
  let text = '';
  const destination = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const log = createLog({ level: 'debug', isText: false, destination });
  const loaded = loadConfig({
    cwd: await makeTemporaryDirectory(),
    // Many servers run beside each other in tests, and only one could have the port for calls.
    env: { VANT_SERVER_LISTEN: '127.0.0.1:0', VANT_SERVER_DRAIN_TIMEOUT: '1s', VANT_TURN_MODE: 'off', ...env },
  });
  const program = {
    build: describeBuild(),
    describeConfig: () => ({ options: describeOptions(loaded) }),
    configWarnings: () => [],
  };
  const app = await createApp(loaded.config, loaded.secrets, { log, program, ...overrides });
  return { app, config: loaded.config, url: `http://127.0.0.1:${app.port}`, logText: () => text };
}
