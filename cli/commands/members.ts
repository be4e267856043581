/** `vant members [list | verify NAME | accept NAME]` */
import type { Command } from 'commander';
import type { VantClient } from '../../client/client.ts';
import { isUnreachable } from '../../client/errors.ts';
import type { DirectoryEntry } from '../../client/directory/directory.ts';
import { EXIT } from '../exit-codes.ts';
import { writeError, writeLine } from '../output.ts';
import { nameOf, resolveMember } from '../resolve-member.ts';
import { runWithClient, withCommonOptions, type CommonOptions } from '../run-command.ts';
import { toJsonLine, toLine } from '../terminal-text.ts';

export function registerMembersCommand(program: Command): void {
  const members = program.command('members').description('list the members of the team, and check their keys');
  withCommonOptions(members.command('list', { isDefault: true }))
    .description('list the members')
    .action((options: CommonOptions) => runWithClient(options, (client) => listMembers(client, options)));
  withCommonOptions(members.command('verify'))
    .description('print the safety number that you and the member compare')
    .argument('<name>', 'name or id of the member')
    .action((name: string, options: CommonOptions) =>
      runWithClient(options, async (client) => {
        const entry = resolveMember(await fetchMembers(client), name);
        const safetyNumber = await (await client.team()).safetyNumber(entry.accountId);
        if (options.json === true) await writeLine(toJsonLine({ id: entry.accountId, safetyNumber }));
        else await writeLine(safetyNumber.match(/.{1,5}/g)?.join(' ') ?? '');
        return EXIT.OK;
      }),
    );
  withCommonOptions(members.command('accept'))
    .description('accept the changed identity key of a member, after you have asked them')
    .argument('<name>', 'name or id of the member')
    .action((name: string, options: CommonOptions) =>
      runWithClient(options, async (client) => {
        const entry = resolveMember(await fetchMembers(client), name);
        await (await client.team()).acceptIdentity(entry.accountId);
        if (options.json !== true) await writeLine(`The identity key of ${toLine(nameOf(entry))} is accepted.`);
        return EXIT.OK;
      }),
    );
}

/** From the server, or as they were known when it was last reached. */
export async function fetchMembers(client: VantClient): Promise<DirectoryEntry[]> {
  const team = await client.team();
  try {
    return await team.members();
  } catch (error) {
    const known = await team.knownMembers();
    if (!isUnreachable(error) || known.length === 0) throw error;
    writeError('vant: the server cannot be reached; this is what was known last.');
    return known;
  }
}

async function listMembers(client: VantClient, options: CommonOptions) {
  const members = (await fetchMembers(client)).filter(({ isMember }) => isMember);
  const self = (await client.account())?.accountId;
  for (const entry of members.sort((a, b) => nameOf(a).localeCompare(nameOf(b)))) {
    const { accountId, role, createdAt, profile } = entry;
    if (options.json === true) {
      const isSelf = accountId === self;
      await writeLine(
        toJsonLine({ id: accountId, name: profile?.displayName ?? null, role, joinedAt: createdAt, isSelf }),
      );
    } else {
      const you = accountId === self ? ' (you)' : '';
      await writeLine(`${toLine(nameOf(entry)).padEnd(24)} ${role.padEnd(7)} ${accountId}${you}`);
    }
  }
  return EXIT.OK;
}
