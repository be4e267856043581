/** `vant whoami` */
import type { Command } from 'commander';
import { ClientError } from '../../client/errors.ts';
import { EXIT } from '../exit-codes.ts';
import { writeLine } from '../output.ts';
import { runWithClient, withCommonOptions, type CommonOptions } from '../run-command.ts';
import { toJsonLine, toLine } from '../terminal-text.ts';

export function registerWhoamiCommand(program: Command): void {
  withCommonOptions(program.command('whoami'))
    .description('print who you are, without asking the server')
    .action((options: CommonOptions) =>
      runWithClient(options, async (client, identity) => {
        const account = await client.account();
        if (account === undefined) throw new ClientError('NOT_JOINED');
        const { accountId, deviceId, role, origin, displayName, deviceName } = account;
        if (options.json === true) {
          const card = { accountId, deviceId, role, server: origin, name: displayName, deviceName };
          await writeLine(toJsonLine({ ...card, identity: identity.slug, directory: identity.directory }));
        } else {
          await writeLine(`${toLine(displayName)} (${role}) at ${origin}`);
          await writeLine(`account ${accountId}, device ${deviceId} (${toLine(deviceName)})`);
          await writeLine(`identity ${identity.slug} in ${identity.directory}`);
        }
        return EXIT.OK;
      }),
    );
}
