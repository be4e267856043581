/** The `vant` program: one file for each subcommand, listed here. Only the one that is called is loaded, so that a server holds
 * none of the code that makes plaintext, and starts sooner. */
import { Command } from 'commander';
import { EXIT } from './exit-codes.ts';

type Register = (program: Command) => void;

const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  serve: async () => (await import('./commands/serve.ts')).registerServeCommand,
  init: async () => (await import('./commands/init.ts')).registerInitCommand,
  install: async () => (await import('./commands/install.ts')).registerInstallCommand,
  uninstall: async () => (await import('./commands/install.ts')).registerUninstallCommand,
  upgrade: async () => (await import('./commands/upgrade.ts')).registerUpgradeCommand,
  config: async () => (await import('./commands/config.ts')).registerConfigCommand,
  doctor: async () => (await import('./commands/doctor.ts')).registerDoctorCommand,
  backup: async () => (await import('./commands/backup.ts')).registerBackupCommand,
  'backup-key': async () => (await import('./commands/backup.ts')).registerBackupKeyCommand,
  restore: async () => (await import('./commands/restore.ts')).registerRestoreCommand,
  tls: async () => (await import('./commands/tls.ts')).registerTlsCommand,
  join: async () => (await import('./commands/join.ts')).registerJoinCommand,
  link: async () => (await import('./commands/link.ts')).registerLinkCommand,
  send: async () => (await import('./commands/send.ts')).registerSendCommand,
  receive: async () => (await import('./commands/receive.ts')).registerReceiveCommand,
  chat: async () => (await import('./commands/chat.ts')).registerChatCommand,
  members: async () => (await import('./commands/members.ts')).registerMembersCommand,
  invite: async () => (await import('./commands/invite.ts')).registerInviteCommand,
  devices: async () => (await import('./commands/devices.ts')).registerDevicesCommand,
  licenses: async () => (await import('./commands/licenses.ts')).registerLicensesCommand,
  version: async () => (await import('./commands/version.ts')).registerVersionCommand,
  whoami: async () => (await import('./commands/whoami.ts')).registerWhoamiCommand,
};

const program = new Command('vant')
  .description('End-to-end encrypted chat and voice on your own server')
  .showHelpAfterError('(vant COMMAND --help tells more)')
  // Subcommands inherit it, so it comes before them.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.OK : EXIT.USAGE));

/** Runs what the command line says. */
export async function main(): Promise<void> {
  // Without a command that is known, all of them: help lists them, and a typo gets the near name.
  const named = COMMANDS[process.argv[2] ?? ''];
  for (const load of named === undefined ? Object.values(COMMANDS) : [named]) (await load())(program);
  await program.parseAsync();
}
