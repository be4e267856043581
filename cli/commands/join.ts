/** `vant join LINK --name "Ada"` */
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { listIdentities, prepareIdentity, resolveHome, toSlug } from '../identity-home.ts';
import { writeLine } from '../output.ts';
import { registerIdentity } from '../register-identity.ts';
import { defaultDeviceName, runCommand, withCommonOptions, type CommonOptions } from '../run-command.ts';
import { toJsonLine, toLine } from '../terminal-text.ts';

interface JoinCommandOptions extends CommonOptions {
  readonly name?: string;
  readonly deviceName: string;
}

export function registerJoinCommand(program: Command): void {
  withCommonOptions(program.command('join'))
    .description('join a team with an invite link; this device becomes your primary device')
    .argument('<link>', 'the whole link, in single quotes')
    .option('--name <name>', 'how others see you')
    .option('--device-name <name>', 'how you see this device', defaultDeviceName())
    .action((link: string, options: JoinCommandOptions) => runCommand(options, () => joinTeam(link, options)));
}

async function joinTeam(link: string, options: JoinCommandOptions) {
  const name = (options.name ?? (await askName())).trim();
  if (name === '') throw new CommandError(EXIT.USAGE, 'A name is needed.', 'vant join LINK --name "Your Name"');
  const slug = toSlug(options.as ?? name);
  if (listIdentities(resolveHome(options)).some((identity) => identity.slug === slug)) {
    throw new CommandError(EXIT.USAGE, `There is an identity ${slug} already.`, 'Choose another with --as NAME.');
  }
  const identity = prepareIdentity(options, name);
  const account = await registerIdentity(options, identity, (client) =>
    client.join({ link, displayName: name, deviceName: options.deviceName }),
  );
  const { accountId, deviceId, role, origin } = account;
  if (options.json === true) {
    await writeLine(toJsonLine({ accountId, deviceId, role, server: origin, name, identity: identity.slug }));
    return EXIT.OK;
  }
  await writeLine(`You are ${toLine(name)}, ${role} of the team at ${origin}.`);
  await writeLine(`Your keys are in ${identity.directory}`);
  const next = role === 'member' ? 'vant members' : 'vant invite';
  await writeLine(`\nNext: ${next}, vant chat NAME, vant receive --follow`);
  return EXIT.OK;
}

async function askName(): Promise<string> {
  if (!process.stdin.isTTY) return '';
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await prompt.question('Your name, as others will see it: ');
  } finally {
    prompt.close();
  }
}
