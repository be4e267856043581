/** `vant invite [create | list | revoke ID]` */
import { Option, type Command } from 'commander';
import type { Role } from '../../wire/schemas.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { writeError, writeLine } from '../output.ts';
import { parseDuration, runWithClient, withCommonOptions, type CommonOptions } from '../run-command.ts';
import { toJsonLine } from '../terminal-text.ts';

interface CreateOptions extends CommonOptions {
  readonly role: Role;
  readonly ttl?: string;
}

export function registerInviteCommand(program: Command): void {
  const invite = program.command('invite').description('invite people to the team');
  withCommonOptions(invite.command('create', { isDefault: true }))
    .description('print a link for one person')
    .addOption(new Option('--role <role>', 'what they may do').choices(['member', 'admin', 'owner']).default('member'))
    .option('--ttl <duration>', 'how long it holds, like 12h or 3d')
    .action((options: CreateOptions) => runWithClient(options, (client) => create(client, options)));
  withCommonOptions(invite.command('list'))
    .description('list the invites that can still be redeemed')
    .action((options: CommonOptions) =>
      runWithClient(options, async (client) => {
        const invites = await (await client.team()).invites();
        for (const { inviteId, role, expiresAt } of invites.filter(({ usedBy }) => usedBy === undefined)) {
          const expires = new Date(expiresAt).toISOString();
          if (options.json === true) await writeLine(toJsonLine({ id: inviteId, role, expiresAt }));
          else await writeLine(`${inviteId}  ${role.padEnd(7)} until ${expires}`);
        }
        return EXIT.OK;
      }),
    );
  withCommonOptions(invite.command('revoke'))
    .description('make an invite worthless')
    .argument('<id>', 'as printed by `vant invite list`')
    .action((id: string, options: CommonOptions) =>
      runWithClient(options, async (client) => {
        await (await client.team()).revokeInvite(id);
        return EXIT.OK;
      }),
    );
}

async function create(client: Parameters<Parameters<typeof runWithClient>[1]>[0], { role, ttl, json }: CreateOptions) {
  const ttlSeconds = ttl === undefined ? undefined : Math.round(parseDuration(ttl) / 1000);
  if (ttlSeconds !== undefined && ttlSeconds < 60)
    throw new CommandError(EXIT.USAGE, 'An invite holds for a minute at least.');
  const team = await client.team();
  const { link, invite } = await team.createInvite({ role, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) });
  if (json === true) {
    await writeLine(toJsonLine({ link, id: invite.inviteId, role: invite.role, expiresAt: invite.expiresAt }));
    return EXIT.OK;
  }
  await writeLine(link);
  writeError(`For one person, until ${new Date(invite.expiresAt).toISOString()}. Whoever has the whole link can join.`);
  return EXIT.OK;
}
