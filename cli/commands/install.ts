/** `vant install` makes this a service of systemd, `vant uninstall` undoes it. Each step says what it did. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { configurationStep } from '../install/configuration-step.ts';
import { directoriesStep } from '../install/directories-step.ts';
import { createHost, type Host } from '../install/host.ts';
import type { InitOptions } from '../install/init-answers.ts';
import { programStep } from '../install/program-step.ts';
import { startStep } from '../install/start-step.ts';
import type { InstallContext, Step } from '../install/step.ts';
import { unitsStep } from '../install/units-step.ts';
import { userStep } from '../install/user-step.ts';
import { isPackaged } from '../../server/program/program-files.ts';
import { writeLine } from '../output.ts';
import { runCommand } from '../run-command.ts';

interface Options extends InitOptions {
  readonly root?: string;
  readonly program?: string;
  readonly purge?: boolean;
}

const steps = (options: InitOptions): readonly Step[] => [
  programStep,
  userStep,
  directoriesStep,
  configurationStep(options),
  unitsStep,
  startStep,
];
const ROOT_OPTION = ['--root <directory>', 'do it in this tree (an image, a chroot) and start nothing'] as const;

export function registerInstallCommand(program: Command): void {
  program
    .command('install')
    .description('make Vant a service of this machine: user, directories, configuration, units; and start it')
    .option('--domain <name>', 'as for vant init, where there is no configuration yet')
    .option('--email <address>', 'likewise')
    .option('--behind-proxy', 'likewise')
    .option('--yes', 'ask nothing')
    .option('--program <file>', 'the executable to install (default: this one)')
    .option(...ROOT_OPTION)
    .action((options: Options) => runCommand({}, () => install(options)));
}

export function registerUninstallCommand(program: Command): void {
  program
    .command('uninstall')
    .description('undo vant install; data and configuration stay')
    .option('--purge', 'remove data, configuration, backups and the user, too; nothing of it comes back')
    .option(...ROOT_OPTION)
    .action((options: Options) => runCommand({}, () => uninstall(options)));
}

async function install(options: Options) {
  const host = prepare(options);
  const context: InstallContext = { host, program: findProgram(options.program), config: undefined };
  for (const step of steps(options)) {
    const done = await step.install(context);
    if (done !== undefined) await writeLine(done);
  }
  await writeLine('To undo all of it: vant uninstall');
  return EXIT.OK;
}

async function uninstall({ purge = false, ...options }: Options) {
  const host = prepare(options);
  for (const step of steps({}).toReversed()) {
    const done = await step.uninstall({ host, purge });
    if (done !== undefined) await writeLine(done);
  }
  if (host.isLive) host.run('systemctl', 'daemon-reload');
  return EXIT.OK;
}

function prepare({ root = '' }: Options): Host {
  const host = createHost(root === '' ? '' : resolve(root));
  if (process.geteuid?.() !== 0) {
    throw new CommandError(EXIT.ERROR, 'This changes the system, and needs root.', 'Run it with sudo.');
  }
  if (!host.hasProgram('systemctl') || (host.isLive && !existsSync('/run/systemd/system'))) {
    throw new CommandError(
      EXIT.ERROR,
      'systemd does not run this machine, and Vant installs itself as a service of systemd only.',
      'Let what starts services here run "vant serve" as a user of its own; it ends in order on SIGTERM.',
    );
  }
  if (existsSync(host.path('/lib/systemd/system/vant.service'))) {
    throw new CommandError(
      EXIT.ERROR,
      'Vant is installed as a package here.',
      'Use the package manager: apt install, apt remove.',
    );
  }
  return host;
}

/** In a checkout the program is many files, in a place that belongs to a person. */
function findProgram(named: string | undefined): string {
  if (named !== undefined) return resolve(named);
  if (isPackaged) return process.execPath;
  throw new CommandError(
    EXIT.USAGE,
    'This is a source tree, and a service needs the single executable.',
    'Build it (npm run package), and run it with "install"; or name it with --program FILE.',
  );
}
