/** `vant doctor [push | turn]`: looks at one part of the server after the other, and says what is wrong and how to mend it. */
import { Option, type Command } from 'commander';
import { ConfigError } from '../../config/config-error.ts';
import { loadConfig, type LoadedConfig } from '../../config/load.ts';
import { renderProblems } from '../../config/render-problems.ts';
import { EXIT } from '../exit-codes.ts';
import type { CheckOptions, CreateChecks } from '../doctor/check.ts';
import { runChecks } from '../doctor/run-checks.ts';
import { writeError } from '../output.ts';
import { runCommand, withCommonOptions } from '../run-command.ts';

interface Examination {
  readonly description: string;
  readonly load: () => Promise<CreateChecks>;
  /** Options of its own. */
  readonly configure?: (command: Command) => Command;
}

const EXAMINATIONS: Readonly<Record<string, Examination>> = {
  push: {
    description: 'whether devices can be woken: keys, providers, and a wake to this device',
    load: async () => (await import('../doctor/push-checks.ts')).createPushChecks,
  },
  turn: {
    description:
      'whether calls can be relayed: two allocations and an echo over every transport, through the public address',
    load: async () => (await import('../doctor/turn-checks.ts')).createTurnChecks,
    // Whether a relay is reached is known only to those outside: with credentials at hand it is tested from anywhere.
    configure: (command) =>
      command
        .option('--url <url...>', 'test these TURN URLs, from any machine, instead of the configured server')
        .option('--username <name>', 'with --url: as GET /v1/turn/credentials gives it')
        .option('--password <password>', 'with --url: likewise'),
  },
};

interface DoctorOptions extends CheckOptions {
  readonly config?: string;
}

export function registerDoctorCommand(program: Command): void {
  const doctor = program.command('doctor').description('find out what is wrong with the server, and how to mend it');
  const add = (command: Command, examinations: readonly Examination[]) =>
    withCommonOptions(command)
      .addOption(new Option('--config <file>', 'the configuration file (else VANT_CONFIG, ./, /etc/vant/)'))
      .action((options: DoctorOptions) => examine(options, examinations));
  add(doctor.command('all', { isDefault: true }).description('everything below'), Object.values(EXAMINATIONS));
  for (const [name, examination] of Object.entries(EXAMINATIONS)) {
    const command = doctor.command(name).description(examination.description);
    add(examination.configure?.(command) ?? command, [examination]);
  }
}

async function examine(options: DoctorOptions, examinations: readonly Examination[]): Promise<void> {
  await runCommand(options, async () => {
    const loaded = load(options);
    if (loaded === undefined) return EXIT.ERROR;
    const creators = await Promise.all(examinations.map(({ load: loadChecks }) => loadChecks()));
    const checks = creators.flatMap((createChecks) => createChecks({ loaded, options }));
    return runChecks(checks, options.json === true);
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
