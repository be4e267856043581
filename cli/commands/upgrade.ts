/** `vant upgrade FILE`: checks the signature, tries the new program, swaps it in, and goes back if it does not come up. */
import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { findProgramFile, isPackaged } from '../../server/program/program-files.ts';
import { writeLine } from '../output.ts';
import { parseDuration, runCommand } from '../run-command.ts';
import { parsePublicKey } from '../upgrade/minisign.ts';
import { readKeys, rollBack, upgrade, type Service } from '../upgrade/upgrade.ts';

interface Options {
  readonly rollback?: boolean;
  readonly publicKey?: string;
  readonly program?: string;
  readonly within: string;
}

const SERVICE = 'vant.service';
const TRUSTED_KEY = '/etc/vant/release.pub';
/** Of the one who has built this program; see scripts/release-sign.ts. */
const RELEASE_KEY_FILE = 'release.pub';

export function registerUpgradeCommand(program: Command): void {
  program
    .command('upgrade')
    .description('replace this program by a newer one, if its signature is right and it works here')
    .argument('[file]', 'the new program; FILE.minisig lies beside it')
    .option('--rollback', 'go back to the version before')
    .option('--public-key <file>', 'trust this key (minisign), too')
    .option('--program <file>', 'what to replace (default: this program)')
    .option('--within <time>', 'go back unless the service is ready after this long', '5m')
    .action((file: string | undefined, options: Options) => runCommand({}, () => run(file, options)));
}

async function run(file: string | undefined, options: Options) {
  const program = findTarget(options.program);
  const service = await findService(program, parseDuration(options.within));
  if (options.rollback === true) {
    await rollBack(program, service);
    await writeLine(`The version before is back as ${program}.`);
    return EXIT.OK;
  }
  if (file === undefined)
    throw new CommandError(EXIT.USAGE, 'Which file?', 'vant upgrade FILE, or vant upgrade --rollback');
  const named = options.publicKey === undefined ? [] : [options.publicKey];
  const built = findProgramFile(RELEASE_KEY_FILE)?.toString('utf8');
  const keys = [...readKeys([...named, TRUSTED_KEY]), ...(built === undefined ? [] : [parsePublicKey(built)])];
  await upgrade({ file: resolve(file), program, keys, service, say: writeLine });
  return EXIT.OK;
}

function findTarget(named: string | undefined): string {
  if (named === undefined && !isPackaged) {
    throw new CommandError(
      EXIT.USAGE,
      'This is a source tree: there is no program to replace.',
      'Use git pull, or name it with --program FILE.',
    );
  }
  const program = realpathSync(named ?? process.execPath);
  if (program === '/usr/bin/vant' && existsSync('/var/lib/dpkg/info/vant.list')) {
    throw new CommandError(
      EXIT.ERROR,
      'Vant is installed as a package here.',
      'Use the package manager: apt install ./vant_….deb',
    );
  }
  return program;
}

/** Type=notify: systemctl waits until the service says that it is ready. */
async function findService(program: string, timeoutMs: number): Promise<Service> {
  const systemctl = (...args: string[]) => promisify(execFile)('systemctl', args, { timeout: timeoutMs });
  const start = await systemctl('show', SERVICE, '--property=ExecStart,ActiveState').then(
    ({ stdout }) => stdout,
    () => '',
  );
  if (!start.includes(`path=${program} `) || start.includes('ActiveState=inactive')) return { restart: undefined };
  return {
    async restart() {
      // One that failed too often would not even be tried.
      await systemctl('reset-failed', SERVICE).catch(() => undefined);
      await systemctl('restart', SERVICE).catch(async (error: unknown) => {
        await systemctl('stop', SERVICE).catch(() => undefined);
        throw error;
      });
    },
  };
}
