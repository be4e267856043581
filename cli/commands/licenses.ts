/** `vant licenses` */
import type { Command } from 'commander';
import { PACKED_FILES } from '../../server/program/packed-files.ts';
import { findProgramFile } from '../../server/program/program-files.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { writeOut } from '../output.ts';
import { runCommand } from '../run-command.ts';

export function registerLicensesCommand(program: Command): void {
  program
    .command('licenses')
    .description('print the licences of this program and of everything that is in it')
    .action(() =>
      runCommand({}, async () => {
        const text = findProgramFile(PACKED_FILES.licences);
        if (text === undefined)
          throw new CommandError(EXIT.ERROR, NO_PACKAGE, 'Each package in node_modules has its licence.');
        await writeOut(text.toString('utf8'));
        return EXIT.OK;
      }),
    );
}

const NO_PACKAGE = 'This is a checkout: LICENSE is the licence of Vant, and nothing is packed with it.';
