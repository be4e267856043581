import { Option, type Command } from 'commander';
import { ConfigError } from '../../config/config-error.ts';
import { loadConfig } from '../../config/load.ts';
import { renderProblems } from '../../config/render-problems.ts';
import { CHECKS } from '../doctor/checks.ts';
import { worstStatus, type Finding } from '../doctor/finding.ts';
import { renderFindings, renderFindingsJson } from '../doctor/render-findings.ts';
import { checkRelay } from '../doctor/turn/turn-check.ts';
import { EXIT } from '../exit-codes.ts';
import { writeError, writeLine } from '../output.ts';

interface DoctorOptions {
  readonly config?: string;
  readonly json?: boolean;
}

interface TurnOptions extends DoctorOptions {
  readonly url?: readonly string[];
  readonly username?: string;
  readonly password?: string;
}

/** `vant doctor [CHECK]`: says what is wrong with a server that runs, and how to mend it. */
export function registerDoctorCommand(program: Command): void {
  const doctor = program
    .command('doctor')
    .description('look for what is wrong with a running server, and say how to mend it');
  withOptions(doctor).action((options: DoctorOptions) =>
    examine(
      CHECKS.map(({ name }) => name),
      options,
    ),
  );
  for (const { name, summary } of CHECKS) {
    const command = withOptions(doctor.command(name).description(summary));
    if (name === 'turn') addTurnCommand(command);
    else command.action((_options: DoctorOptions, self: Command) => examine([name], self.optsWithGlobals()));
  }
}

function withOptions(command: Command): Command {
  return command
    .addOption(new Option('--config <file>', 'the configuration file (else VANT_CONFIG, ./, /etc/vant/)'))
    .option('--json', 'as JSON');
}

/** With credentials at hand it runs anywhere: whether a relay is reached is known only to those outside. */
function addTurnCommand(command: Command): void {
  command
    .option('--url <url...>', 'test these TURN URLs, from any machine, instead of the configured server')
    .option('--username <name>', 'with --url: as GET /v1/turn/credentials gives it')
    .option('--password <password>', 'with --url: likewise')
    .action(async (_options: TurnOptions, self: Command) => {
      const options = self.optsWithGlobals<TurnOptions>();
      const { url: urls, username = '', password = '' } = options;
      if (urls === undefined) await examine(['turn'], options);
      else await report(await checkRelay({ urls, username, password }, false), options);
    });
}

async function examine(names: readonly string[], options: DoctorOptions): Promise<void> {
  try {
    const loaded = loadConfig({ ...(options.config !== undefined && { configFile: options.config }) });
    const findings: Finding[] = [];
    for (const check of CHECKS) if (names.includes(check.name)) findings.push(...(await check.run(loaded)));
    await report(findings, options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    writeError(renderProblems(error.problems, 'error'));
    process.exitCode = EXIT.ERROR;
  }
}

async function report(findings: readonly Finding[], { json }: DoctorOptions): Promise<void> {
  await writeLine(json === true ? renderFindingsJson(findings) : renderFindings(findings));
  process.exitCode = worstStatus(findings) === 'error' ? EXIT.ERROR : EXIT.OK;
}
