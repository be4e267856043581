import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { ConfigError } from '../../config/config-error.ts';
import { describeOptions } from '../../config/describe-options.ts';
import { loadConfig, type LoadedConfig } from '../../config/load.ts';
import { planReload } from '../../config/reload.ts';
import { renderProblems } from '../../config/render-problems.ts';
import type { ProgramFacts } from '../../server/app-parts.ts';
import { createApp, type App } from '../../server/app.ts';
import { describeBuild } from '../../server/build-info.ts';
import { openOwnWebBundle } from '../../server/http/web-bundle.ts';
import { connectServiceManager } from '../../server/lifecycle/service-manager.ts';
import { startWatchdog } from '../../server/lifecycle/watchdog.ts';
import { isJournal, withPriority } from '../../server/observability/journal.ts';
import { isPackaged } from '../../server/program/program-files.ts';
import { PACKAGED_ECHO } from '../packaged-programs.ts';
import { releaseMemory } from '../../server/release-memory.ts';

/** What a child process runs: a file, or in the packaged executable the name that packaged.ts knows. */
const ECHO_PROGRAM = isPackaged ? PACKAGED_ECHO : fileURLToPath(new URL('../echo/main.ts', import.meta.url));

/** `vant serve`: the appliance, in the foreground, until a signal ends it. */
export function registerServeCommand(program: Command): void {
  program
    .command('serve')
    .description('run the server: relay, accounts, and its own Redis')
    .option(
      '--config <file>',
      'configuration file (default: VANT_CONFIG, ./vant.config.yaml, /etc/vant/vant.config.yaml)',
    )
    .action(async (options: { config?: string }) => {
      process.exitCode = await serve(options.config);
    });
}

async function serve(configFile: string | undefined): Promise<number> {
  const startedAt = performance.now();
  const load = () => loadConfig({ ...(configFile !== undefined && { configFile }) });
  let loaded: LoadedConfig;
  try {
    loaded = load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    complain('error', renderProblems(error.problems, 'error'));
    return 1;
  }
  if (loaded.warnings.length > 0) complain('warn', renderProblems(loaded.warnings, 'warning'));
  const service = connectServiceManager(process.env, (problem) => complain('error', problem));
  const ended = Promise.withResolvers<number>();
  let app: App;
  try {
    const webBundle = await openOwnWebBundle();
    app = await createApp(loaded.config, loaded.secrets, {
      onFatal: () => ended.resolve(1),
      webBundle,
      program: describeProgram(() => loaded, webBundle?.hash),
      echoProgram: ECHO_PROGRAM,
    });
  } catch (error) {
    const reason = explainStartError(error, loaded);
    complain('error', `Vant cannot start. ${reason}`);
    await service.status(reason);
    return 1;
  }
  // Before the greeting: whoever reads it may send a signal at once.
  process.on('SIGHUP', () => {
    void service.reloading();
    loaded = reload(app, loaded, load);
    void service.ready('Serving');
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      app.log.info(`Stopping (${signal})`);
      // A second signal of the same kind ends the process at once, as node does by default.
      ended.resolve(0);
    });
  }
  greet(app, loaded, performance.now() - startedAt);
  await service.ready('Serving');
  const endWatch = startWatchdog({ service, app });
  releaseMemory();
  const exitCode = await ended.promise;
  endWatch();
  void service.stopping();
  await app.stop();
  app.log.info('Stopped');
  return exitCode;
}

/** Before there is a log, and for what is laid out for reading. */
function complain(level: 'error' | 'warn', text: string): void {
  console.error(isJournal(process.env, 2) ? withPriority(level, text) : text);
}

/** What the admin page shows of the configuration follows what was read last. */
const describeProgram = (loaded: () => LoadedConfig, webBundle: string | undefined): ProgramFacts => ({
  build: describeBuild(webBundle),
  describeConfig: () => {
    const { file } = loaded();
    return { options: describeOptions(loaded()), ...(file !== undefined && { file }) };
  },
  loaded,
  configWarnings: () =>
    loaded().warnings.map(({ option, message, help }) => ({
      message: `${option ?? ''} ${message}.${help === undefined ? '' : ` ${help}`}`.trim(),
      ...(option !== undefined && { option }),
    })),
});

function explainStartError(error: unknown, { config }: LoadedConfig): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const { host, port } = config.server.listen;
  if (code === 'EADDRINUSE') {
    return `Another program listens on ${host}:${port}. Stop it, or set server.listen (VANT_SERVER_LISTEN) to another port.`;
  }
  if (code === 'EACCES') {
    return `Listening on ${host}:${port} is not allowed for this user. Allow it (in systemd AmbientCapabilities=CAP_NET_BIND_SERVICE), or choose a port above 1023 (server.listen).`;
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return `The disk of ${config.storage.data_dir} is full. Free some space (df -h shows how much there is), and start again.`;
  }
  if (code === 'EADDRNOTAVAIL') {
    return `${host} is no address of this machine. Set server.listen to one that is, or to 0.0.0.0 for all.`;
  }
  return message;
}

function greet(app: App, { file }: LoadedConfig, ms: number): void {
  app.log.info({ config: file ?? 'defaults', redis: app.storageDescription, ms: Math.round(ms) }, 'Vant is ready');
  // One write: whoever waits for the first line (a script, a test) has the link, too.
  console.log(`\nVant serves ${app.publicUrl}\n${app.setupLink === undefined ? '' : invite(app.setupLink)}`);
}

const invite = (setupLink: string): string => `
This server has no team yet. Whoever opens this link first becomes its owner:

    ${setupLink}

Or from a terminal:

    ${isPackaged ? process.argv0 : 'npx vant'} join '${setupLink}' --name "Your Name"
`;

function reload(app: App, running: LoadedConfig, load: () => LoadedConfig): LoadedConfig {
  let plan;
  try {
    plan = planReload(running, load());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    app.log.error('The configuration has errors and was not read again; the server runs on as before');
    complain('error', renderProblems(error.problems, 'error'));
    return running;
  }
  app.reconfigure(plan.loaded.config);
  for (const { path, from, to } of plan.live) app.log.info({ option: path, from, to }, 'An option has changed');
  for (const { path, from, to } of plan.restart) {
    app.log.warn({ option: path, from, to }, 'An option has changed that needs a restart');
  }
  if (plan.live.length + plan.restart.length === 0)
    app.log.info('The configuration was read again: nothing has changed');
  return plan.loaded;
}
