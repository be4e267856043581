/** The `vant` program: one file for each subcommand, listed here. */
import { Command } from 'commander';
import { registerChatCommand } from './commands/chat.ts';
import { registerConfigCommand } from './commands/config.ts';
import { registerDevicesCommand } from './commands/devices.ts';
import { registerInviteCommand } from './commands/invite.ts';
import { registerJoinCommand } from './commands/join.ts';
import { registerLinkCommand } from './commands/link.ts';
import { registerMembersCommand } from './commands/members.ts';
import { registerReceiveCommand } from './commands/receive.ts';
import { registerSendCommand } from './commands/send.ts';
import { registerServeCommand } from './commands/serve.ts';
import { registerWhoamiCommand } from './commands/whoami.ts';
import { EXIT } from './exit-codes.ts';

const program = new Command('vant')
  .description('End-to-end encrypted chat and voice on your own server')
  .showHelpAfterError('(vant COMMAND --help tells more)')
  // Subcommands inherit it, so it comes before them.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.OK : EXIT.USAGE));

registerServeCommand(program);
registerConfigCommand(program);
registerJoinCommand(program);
registerLinkCommand(program);
registerSendCommand(program);
registerReceiveCommand(program);
registerChatCommand(program);
registerMembersCommand(program);
registerInviteCommand(program);
registerDevicesCommand(program);
registerWhoamiCommand(program);

await program.parseAsync();
