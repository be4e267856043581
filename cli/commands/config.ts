import { Option, type Command } from 'commander';
import { ConfigError } from '../../config/config-error.ts';
import { renderJsonSchema } from '../../config/generate/json-schema.ts';
import { loadConfig, type LoadedConfig } from '../../config/load.ts';
import { renderProblems, type Severity } from '../../config/render-problems.ts';
import type { Problem } from '../../config/problem.ts';
import { configToJson, renderConfig } from '../../config/show.ts';

/** What the command touches of the process, so that tests can run it in theirs. */
export interface ConfigCommandHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly hasColors: boolean;
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly setExitCode: (code: number) => void;
}

interface FileOption {
  readonly config?: string;
}

/** `vant config check | show | schema`. */
export function registerConfigCommand(program: Command, host: ConfigCommandHost = createProcessHost()): void {
  const command = program.command('config').description('check and show the configuration of the server');
  const fileOption = (): Option =>
    new Option('--config <file>', 'the configuration file (else VANT_CONFIG, ./, /etc/vant/)');

  command
    .command('check')
    .description('say what is wrong with the configuration, and what would be right')
    .addOption(fileOption())
    .action((_options: FileOption, self: Command) => {
      withConfig(self, host, (loaded) => host.writeOut(`${summarize(loaded)}\n`));
    });
  command
    .command('show')
    .description('print every option with its value and where it comes from; secrets are never printed')
    .addOption(fileOption())
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }, self: Command) => {
      const render = options.json === true ? renderJson : renderConfig;
      withConfig(self, host, (loaded) => host.writeOut(render(loaded)));
    });
  command
    .command('schema')
    .description('print the JSON Schema of vant.config.yaml')
    .action(() => host.writeOut(renderJsonSchema()));
}

function withConfig(self: Command, host: ConfigCommandHost, use: (loaded: LoadedConfig) => void): void {
  try {
    // With the options of the program too: `vant --config F config check` means the same.
    const { config } = self.optsWithGlobals<FileOption>();
    const loaded = loadConfig({ env: host.env, cwd: host.cwd, configFile: config });
    report(host, loaded.warnings, 'warning');
    use(loaded);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    report(host, error.warnings, 'warning');
    report(host, error.problems, 'error');
    const count = error.problems.length;
    host.writeError(`${count} ${count === 1 ? 'error' : 'errors'}. The server would not start.\n`);
    host.setExitCode(1);
  }
}

function report(host: ConfigCommandHost, problems: readonly Problem[], severity: Severity): void {
  if (problems.length === 0) return;
  host.writeError(`${renderProblems(problems, severity, { color: host.hasColors })}\n\n`);
}

/** `vant.config.yaml is right: 3 options set, 1 of them by the environment.` */
function summarize({ file, sources, warnings }: LoadedConfig): string {
  const kinds = Object.values(sources).map(({ kind }) => kind);
  const set = kinds.filter((kind) => kind !== 'default' && kind !== 'unset').length;
  const fromEnv = kinds.filter((kind) => kind === 'env').length;
  const subject = file === undefined ? 'no configuration file, and none is needed' : `${file} is right`;
  const env = fromEnv === 0 ? '' : `, ${fromEnv} of them by the environment`;
  const warned = warnings.length === 0 ? '' : `; warnings: ${warnings.length}`;
  return `${subject}: ${set} ${set === 1 ? 'option' : 'options'} set${env}${warned}.`;
}

function renderJson(loaded: LoadedConfig): string {
  return `${JSON.stringify(configToJson(loaded), null, 2)}\n`;
}

function createProcessHost(): ConfigCommandHost {
  return {
    env: process.env,
    cwd: process.cwd(),
    hasColors: process.stderr.isTTY && process.stderr.hasColors(),
    writeOut: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    setExitCode: (code) => (process.exitCode = code),
  };
}
