/** `vant doctor [basic | push | turn]`: looks at one part of the server after the other, and says what is wrong and how to mend it. */
import { Option, type Command } from 'commander';
import { ConfigError } from '../../config/config-error.ts';
import { loadConfig, type LoadedConfig } from '../../config/load.ts';
import { describePlace, type Problem } from '../../config/problem.ts';
import { renderProblems } from '../../config/render-problems.ts';
import { EXIT } from '../exit-codes.ts';
import { describeBuild } from '../../server/build-info.ts';
import type { Check, RelayOptions } from '../../server/doctor/check.ts';
import { openOwnWebBundle } from '../../server/http/web-bundle.ts';
import { checkRedisBeside } from '../doctor/redis-beside.ts';
import { runChecks } from '../doctor/run-checks.ts';
import { writeError, writeLine } from '../output.ts';
import { runCommand, withCommonOptions, type CommonOptions } from '../run-command.ts';
import { toJsonLine } from '../terminal-text.ts';

interface Examination {
  readonly description: string;
  readonly load: () => Promise<(context: DoctorContext) => readonly Check[]>;
  /** Options of its own. */
  readonly configure?: (command: Command) => Command;
}

/** In the order of `vant doctor` alone. */
const EXAMINATIONS: Readonly<Record<string, Examination>> = {
  basic: {
    description: 'the machine, the configuration, Redis, and the way in: DNS, ports, certificate, proxy',
    load: async () => {
      const { createBasicChecks } = await import('../../server/doctor/create-checks.ts');
      const build = describeBuild((await openOwnWebBundle())?.hash);
      return ({ loaded }) =>
        createBasicChecks({
          loaded,
          build,
          now: Date.now,
          checkRedis: () => checkRedisBeside(loaded),
        });
    },
  },
  turn: {
    description:
      'whether calls can be relayed: two allocations and an echo over every transport, through the public address',
    load: async () => (await import('../../server/doctor/turn-checks.ts')).createTurnChecks,
    // Whether a relay is reached is known only to those outside: with credentials at hand it is tested from anywhere.
    configure: (command) =>
      command
        .option('--url <url...>', 'test these TURN URLs, from any machine, instead of the configured server')
        .option('--username <name>', 'with --url: as GET /v1/turn/credentials gives it')
        .option('--password <password>', 'with --url: likewise'),
  },
  push: {
    description: 'whether devices can be woken: keys, providers, and a wake to this device',
    load: async () => {
      const { createPushChecks } = await import('../../server/doctor/push-checks.ts');
      const { createRoundTripCheck } = await import('../doctor/push-round-trip.ts');
      return (context) => [...createPushChecks(context), createRoundTripCheck(context.options)];
    },
  },
};

interface DoctorOptions extends CommonOptions, RelayOptions {
  readonly config?: string;
}

interface DoctorContext {
  readonly loaded: LoadedConfig;
  /** Among them which identity of the terminal client to use, where a check needs one. */
  readonly options: DoctorOptions;
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
    const loaded = await load(options);
    if (loaded === undefined) return EXIT.ERROR;
    const creators = await Promise.all(examinations.map(({ load: loadChecks }) => loadChecks()));
    const checks = creators.flatMap((createChecks) => createChecks({ loaded, options }));
    return runChecks(checks, options.json === true);
  });
}

/** What is wrong with the file itself is told as `vant config check` tells it. */
async function load({ config, json }: DoctorOptions): Promise<LoadedConfig | undefined> {
  try {
    return loadConfig({ ...(config !== undefined && { configFile: config }) });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (json !== true) writeError(renderProblems(error.problems, 'error'));
    else for (const problem of error.problems) await writeLine(toJsonLine(toExamined(problem)));
    return undefined;
  }
}

function toExamined({ option = '', place, message, help = 'See docs/configuration.md.' }: Problem) {
  const where = place === undefined ? option : describePlace(place);
  return { check: 'configuration', status: 'error', seen: `${where}: ${message}`, remedy: help, option, ms: 0 };
}
