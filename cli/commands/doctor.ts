/** `vant doctor [PART]`: looks at one part of the server after the other, and says what is wrong and how to mend it. */
import { Option, type Command } from 'commander';
import { ConfigError } from '../../config/config-error.ts';
import { loadConfig, type LoadedConfig } from '../../config/load.ts';
import { renderProblems } from '../../config/render-problems.ts';
import type { Examination, Finding } from '../doctor/finding.ts';
import { renderFinding } from '../doctor/render-finding.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeError, writeLine } from '../output.ts';
import { runCommand, withCommonOptions, type CommonOptions } from '../run-command.ts';
import { toJsonLine } from '../terminal-text.ts';

interface DoctorOptions extends CommonOptions {
  readonly config?: string;
}

interface TurnOptions extends DoctorOptions {
  readonly url?: readonly string[];
  readonly username?: string;
  readonly password?: string;
}

interface Part {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Examination>;
}

/** In the order in which they run. */
const PARTS: readonly Part[] = [
  {
    name: 'turn',
    summary: 'the relay for calls: two allocations and an echo over every transport, through the public address',
    load: async () => (await import('../doctor/turn/turn-check.ts')).turnExamination,
  },
  {
    name: 'push',
    summary: 'whether devices can be woken: keys, providers, and a wake to this device',
    load: async () => (await import('../doctor/push-checks.ts')).pushExamination,
  },
];

export function registerDoctorCommand(program: Command): void {
  const doctor = program.command('doctor').description('find out what is wrong with the server, and how to mend it');
  const all = withDoctorOptions(doctor.command('all', { isDefault: true }).description('everything below'));
  all.action((options: DoctorOptions) => examine(options, PARTS));
  for (const part of PARTS) {
    const command = withDoctorOptions(doctor.command(part.name).description(part.summary));
    if (part.name === 'turn') addTurnOptions(command, part);
    else command.action((options: DoctorOptions) => examine(options, [part]));
  }
}

const withDoctorOptions = (command: Command): Command =>
  withCommonOptions(command).addOption(
    new Option('--config <file>', 'the configuration file (else VANT_CONFIG, ./, /etc/vant/)'),
  );

/** With credentials at hand it runs anywhere: whether a relay is reached is known only to those outside. */
function addTurnOptions(command: Command, part: Part): void {
  command
    .option('--url <url...>', 'test these TURN URLs, from any machine, instead of the configured server')
    .option('--username <name>', 'with --url: as GET /v1/turn/credentials gives it')
    .option('--password <password>', 'with --url: likewise')
    .action(async (options: TurnOptions) => {
      const { url: urls, username = '', password = '' } = options;
      if (urls === undefined) return examine(options, [part]);
      const { checkRelay } = await import('../doctor/turn/turn-check.ts');
      return runCommand(options, async () => report(await checkRelay({ urls, username, password }, false), options));
    });
}

async function examine(options: DoctorOptions, parts: readonly Part[]): Promise<void> {
  await runCommand(options, async () => {
    const loaded = load(options);
    if (loaded === undefined) return EXIT.ERROR;
    let exitCode: ExitCode = EXIT.OK;
    for (const part of parts) {
      const partCode = await report((await part.load()).examine({ loaded, options }), options);
      if (partCode !== EXIT.OK) exitCode = partCode;
    }
    return exitCode;
  });
}

/** What is wrong with the file itself is told as `vant config check` tells it. */
function load({ config }: DoctorOptions): LoadedConfig | undefined {
  try {
    return loadConfig({ ...(config !== undefined && { configFile: config }) });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    writeError(renderProblems(error.problems, 'error'));
    return undefined;
  }
}

/** As they are found. @returns ERROR when one of them says error */
async function report(
  findings: AsyncIterable<Finding> | Iterable<Finding>,
  { json }: DoctorOptions,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.OK;
  for await (const finding of findings) {
    if (finding.status === 'error') exitCode = EXIT.ERROR;
    await writeLine(json === true ? toJsonLine({ ...finding }) : renderFinding(finding));
  }
  return exitCode;
}
