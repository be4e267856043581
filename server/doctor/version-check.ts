import { ROUTE_ADDRESSES } from '../../wire/route-addresses.ts';
import type { ServerInfo } from '../../wire/schemas.ts';
import type { BuildInfo } from '../build-info.ts';
import { ask, nameError } from './ask.ts';
import { failure, ok, warning, type Finding } from './check.ts';

const OLDEST_NODE = 24;

/** Whether the program that runs is the one that is installed. */
export async function checkVersion(build: BuildInfo, publicUrl: string): Promise<Finding> {
  const { version, nodeVersion, webBundle } = build;
  const seen = `Vant ${version} on Node ${nodeVersion}`;
  if (Number(nodeVersion.split('.')[0]) < OLDEST_NODE) {
    return failure(`${seen}, which is too old`, `Install Node ${OLDEST_NODE} or newer.`);
  }
  if (webBundle === undefined) {
    return warning(`${seen}, without the web app`, 'Build it: npm run build; or install the whole package.');
  }
  const running = await findRunning(publicUrl);
  if ('problem' in running) {
    return warning(
      `${seen}; the server at ${publicUrl} could not be asked for its own (${running.problem})`,
      'Start the server; see the check of the WebSocket.',
    );
  }
  if (running.version === version) return ok(`${seen}, here and at ${publicUrl}`);
  return warning(
    `${seen} is installed, and ${running.version} runs at ${publicUrl}`,
    'Restart the server: systemctl restart vant',
  );
}

async function findRunning(publicUrl: string): Promise<{ version: string } | { problem: string }> {
  try {
    const { status, text } = await ask(new URL(ROUTE_ADDRESSES.getServer.path, publicUrl));
    const { name, version } = JSON.parse(text) as Partial<ServerInfo>;
    if (name === 'vant' && version !== undefined) return { version };
    return { problem: `it answers ${status}` };
  } catch (error) {
    return { problem: error instanceof SyntaxError ? 'it is no Vant' : nameError(error) };
  }
}
