/** `vant link SERVER`: makes this a linked device of an account that exists. */
import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { listIdentities, prepareIdentity, resolveHome } from '../identity-home.ts';
import { writeError, writeLine } from '../output.ts';
import { registerIdentity } from '../register-identity.ts';
import { defaultDeviceName, runCommand, withCommonOptions, type CommonOptions } from '../run-command.ts';
import { toJsonLine } from '../terminal-text.ts';

interface LinkCommandOptions extends CommonOptions {
  readonly name: string;
}

export function registerLinkCommand(program: Command): void {
  withCommonOptions(program.command('link'))
    .description('link this device to an account that you have on another one')
    .argument('<server>', 'address of the server, like https://chat.example.org')
    .option('--name <name>', 'how you see this device', defaultDeviceName())
    .action((server: string, options: LinkCommandOptions) => runCommand(options, () => link(server, options)));
}

async function link(server: string, options: LinkCommandOptions) {
  const identity = prepareIdentity(options, options.name);
  if (listIdentities(resolveHome(options)).some(({ slug }) => slug === identity.slug)) {
    throw new CommandError(
      EXIT.USAGE,
      `There is an identity ${identity.slug} already.`,
      'Choose another with --as NAME.',
    );
  }
  const account = await registerIdentity(options, identity, async (client) => {
    const shown: Promise<void>[] = [];
    const linked = await client.linkDevice({
      origin: server,
      deviceName: options.name,
      onLink: (text) => {
        if (options.json === true) shown.push(writeLine(toJsonLine({ link: text })));
        else {
          writeError('On the device where you joined, run:');
          shown.push(writeLine(`vant devices add '${text}'`));
        }
      },
    });
    await Promise.all(shown);
    return linked;
  });
  const { accountId, deviceId, origin } = account;
  if (options.json === true) {
    await writeLine(toJsonLine({ accountId, deviceId, server: origin, identity: identity.slug }));
  } else await writeLine(`This is device ${deviceId} of ${accountId}. Your keys are in ${identity.directory}`);
  return EXIT.OK;
}
