/** `vant init`: few questions, and a commented configuration file. */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { CONFIG_FILE_NAME, SYSTEM_CONFIG_FILE } from '../../config/find-file.ts';
import { loadConfig } from '../../config/load.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { collectAnswers, type InitOptions } from '../install/init-answers.ts';
import { renderStarterConfig } from '../install/starter-config.ts';
import { writeLine } from '../output.ts';
import { runCommand } from '../run-command.ts';

interface Options extends InitOptions {
  readonly file: string;
  readonly force?: boolean;
}

export const SYSTEM_DATA_DIRECTORY = '/var/lib/vant';

export function registerInitCommand(program: Command): void {
  program
    .command('init')
    .description('ask for domain, e-mail and proxy, and write the configuration file')
    .option('--file <file>', 'where to write it', CONFIG_FILE_NAME)
    .option('--domain <name>', 'the domain or address that people type; "" for this machine only')
    .option('--email <address>', 'where the certificate authority reaches you')
    .option('--behind-proxy', 'a reverse proxy on this machine has the certificate')
    .option('--no-behind-proxy', 'Vant has the certificate')
    .option('--yes', 'ask nothing; what is not given has its default')
    .option('--force', 'replace a file that is there')
    .action((options: Options) => runCommand({}, () => init(options)));
}

async function init(options: Options) {
  const { file, force = false } = options;
  if (existsSync(file) && !force) {
    throw new CommandError(
      EXIT.ERROR,
      `${file} is there already, and stays as it is.`,
      'To write it anew: vant init --force',
    );
  }
  const answers = await collectAnswers(options);
  const isSystemWide = dirname(resolve(file)) === dirname(SYSTEM_CONFIG_FILE);
  const dataDirectory = isSystemWide ? SYSTEM_DATA_DIRECTORY : 'data';
  write(file, renderStarterConfig({ ...answers, dataDirectory }), force);
  const { config } = loadConfig({ configFile: file, env: {} });
  await writeLine(
    `Wrote ${file}: ${config.server.public_url}, data in ${config.storage.data_dir}. (To undo: rm ${file})`,
  );
  await writeLine(
    `Next: "vant serve${file === CONFIG_FILE_NAME ? '' : ` --config ${file}`}" runs it here; "sudo vant install" makes it a service.`,
  );
  return EXIT.OK;
}

function write(file: string, text: string, force: boolean): void {
  try {
    writeFileSync(file, text, { flag: force ? 'w' : 'wx', mode: 0o644 });
  } catch (error) {
    throw new CommandError(
      EXIT.ERROR,
      `${file} cannot be written: ${(error as Error).message}.`,
      'Choose another place with --file.',
    );
  }
}
