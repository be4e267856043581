/** `vant backup` and `vant backup-key`: one encrypted file with everything that makes up this server. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { createBackupKey } from '../../server/backup/seal-file.ts';
import { startBackup } from '../../server/backup/write-backup.ts';
import { toStorageOptions } from '../../server/storage-options.ts';
import { openBeside } from '../../server/storage/open-beside.ts';
import { keepPrivateFile, readSealKey, type SealOptions } from '../backup/keys.ts';
import { loadServerConfig } from '../backup/load-server-config.ts';
import { refuseForeignUser } from '../backup/refuse-foreign-user.ts';
import { runBackupCommand } from '../backup/run-backup-command.ts';
import { writeStream } from '../backup/write-stream.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { writeError, writeLine } from '../output.ts';

interface BackupOptions extends SealOptions {
  readonly config?: string;
  readonly withQueues?: boolean;
  readonly withAttachments?: boolean;
  readonly keep?: string;
}

const FILE_NAME = /^vant-\d{8}T\d{6}Z\.age$/;

export function registerBackupCommand(program: Command): void {
  program
    .command('backup')
    .description('write an encrypted backup of the server, running or stopped')
    .argument('<file>', 'the file to write, or a directory for a file with the time in its name; - for stdout')
    .addOption(new Option('--config <file>', 'the configuration file (else VANT_CONFIG, ./, /etc/vant/)'))
    .option('--recipient <age1...>', 'who can open it: a line of vant backup-key; may be repeated', collect)
    .option('--passphrase-file <file>', 'instead: a file with a passphrase, - for stdin')
    .option('--with-queues', 'with the envelopes that wait for their devices')
    .option('--with-attachments', 'with the files that members sent, all encrypted by them')
    .option('--keep <n>', 'in a directory: delete all but the newest n')
    .action((file: string, options: BackupOptions) => runBackupCommand(() => backUp(file, options)));
}

export function registerBackupKeyCommand(program: Command): void {
  program
    .command('backup-key')
    .description('make a key for backups: the server needs only its public half')
    .argument('<file>', 'where to write the private half; keep it away from the server')
    .action((file: string) =>
      runBackupCommand(async () => {
        const { identity, recipient } = await createBackupKey();
        keepPrivateFile(file, `# public key: ${recipient}\n${identity}\n`);
        await writeLine(recipient);
        return EXIT.OK;
      }),
    );
}

async function backUp(target: string, options: BackupOptions) {
  const keep = parseKeep(options.keep);
  const key = readSealKey(options);
  const loaded = loadServerConfig(options);
  const now = Date.now();
  const storage = await openBeside(guardUser(loaded), { log: logTrouble, onFatal: () => undefined });
  try {
    const file = isDirectory(target) ? join(target, toFileName(now)) : target;
    const { withQueues = false, withAttachments = false } = options;
    const source = { loaded, redis: storage.connection, cwd: process.cwd(), now, withQueues, withAttachments };
    const backup = await startBackup(source, key);
    const bytes = await writeStream(file, backup.stream);
    const { accounts, records, files } = await backup.summary;
    const what = `${accounts} ${accounts === 1 ? 'member' : 'members'}, ${records} records, ${files} files`;
    // With - the file itself goes to stdout.
    writeError(`${file === '-' ? 'The backup' : file} is complete: ${what}, ${Math.ceil(bytes / 1024)} KiB`);
    if (keep !== undefined) removeOld(target, keep);
    return EXIT.OK;
  } finally {
    await storage.close();
  }
}

function guardUser(loaded: ReturnType<typeof loadServerConfig>) {
  refuseForeignUser(loaded.config.storage.data_dir);
  return toStorageOptions(loaded.config, loaded.secrets);
}

const collect = (value: string, previous: string[] = []): string[] => [...previous, value];

function parseKeep(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new CommandError(EXIT.USAGE, `--keep ${text} is no number.`, 'Give how many backups are to stay: --keep 14');
}

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** `vant-20261123T183000Z.age`: they sort by time. */
function toFileName(now: number): string {
  const text = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `vant-${text}.age`;
}

function removeOld(directory: string, keep: number): void {
  if (!isDirectory(directory)) {
    throw new CommandError(EXIT.USAGE, `--keep needs a directory, and ${directory} is none.`, 'Name a directory.');
  }
  const names = readdirSync(directory)
    .filter((name) => FILE_NAME.test(name))
    .sort();
  for (const name of names.slice(0, -keep)) rmSync(join(directory, name));
}

function logTrouble(level: string, message: string): void {
  if (level === 'warn' || level === 'error') writeError(`vant: ${message}`);
}
