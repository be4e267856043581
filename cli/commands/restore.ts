/** `vant restore`: a backup becomes the server of this machine. */
import { createReadStream, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { Option, type Command } from 'commander';
import { CONFIG_FILE_NAME, findConfigFile } from '../../config/find-file.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { Manifest } from '../../server/backup/manifest.ts';
import { completeRestore } from '../../server/backup/pending-restore.ts';
import { restoreBackup, type BackupHead, type Restored } from '../../server/backup/restore-backup.ts';
import { writeAtomically } from '../../server/backup/write-atomically.ts';
import { toStorageOptions } from '../../server/storage-options.ts';
import { countServers } from '../../server/storage/count-servers.ts';
import { openStorage, type Storage } from '../../server/storage/open.ts';
import { readOpenKey, type OpenOptions } from '../backup/keys.ts';
import { loadServerConfig } from '../backup/load-server-config.ts';
import { refuseForeignUser } from '../backup/refuse-foreign-user.ts';
import { runBackupCommand } from '../backup/run-backup-command.ts';
import { CommandError } from '../command-error.ts';
import { EXIT } from '../exit-codes.ts';
import { writeError, writeLine } from '../output.ts';

interface RestoreOptions extends OpenOptions {
  readonly to?: string;
  readonly config?: string;
  readonly force?: boolean;
}

export function registerRestoreCommand(program: Command): void {
  program
    .command('restore')
    .description('make this machine the server that was backed up; the server must be stopped')
    .argument('<file>', 'the backup; - for stdin')
    .option('--to <dir>', 'where the configuration goes, and with relative paths in it the data (default: here)')
    .addOption(new Option('--config <file>', 'keep this configuration instead of the one in the backup'))
    .option('--identity <file>', 'the private key, as vant backup-key has written it')
    .option('--passphrase-file <file>', 'instead: a file with the passphrase')
    .option('--force', 'replace the team that is there')
    .action((file: string, options: RestoreOptions) => runBackupCommand(() => restore(file, options)));
}

async function restore(file: string, options: RestoreOptions) {
  const key = readOpenKey(options);
  const source = file === '-' ? process.stdin : createReadStream(file);
  const session = new RestoreSession(options);
  try {
    const stream = Readable.toWeb(source) as ReadableStream<Uint8Array>;
    const restored = await restoreBackup(stream, key, (head) => session.open(head));
    session.keep();
    await report(restored, session);
    return EXIT.OK;
  } finally {
    await session.close();
  }
}

/** What a restore has opened and written so far, so that a failure leaves nothing of it. */
class RestoreSession {
  readonly #options: RestoreOptions;
  readonly #directory: string;
  #storage: Storage | undefined;
  #written: string[] = [];
  readonly notes: string[] = [];
  loaded: LoadedConfig | undefined;

  constructor(options: RestoreOptions) {
    this.#options = options;
    this.#directory = resolve(options.to ?? '.');
  }

  async open(head: BackupHead) {
    this.#placeConfig(head);
    const { config, to } = this.#options;
    const named = config ?? (to === undefined ? undefined : findIn(this.#directory));
    const loaded = loadServerConfig(named === undefined ? {} : { config: named }, this.#directory);
    this.loaded = loaded;
    const { data_dir: dataDirectory } = loaded.config.storage;
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    refuseForeignUser(dataDirectory);
    const storage = await openStorage(withoutLimit(loaded), { log: logTrouble, onFatal: () => undefined });
    this.#storage = storage;
    const { key_prefix: prefix } = loaded.config.redis;
    const redis = storage.connection;
    if ((await countServers(redis, prefix)) > 0) {
      throw new CommandError(EXIT.ERROR, 'A Vant runs on this Redis.', 'Stop all servers of the team first.');
    }
    // One that was interrupted after its last word stands before this one.
    await completeRestore({ redis, prefix, dataDirectory });
    return { loaded, redis, force: this.#options.force === true, now: Date.now() };
  }

  keep(): void {
    this.#written = [];
  }

  async close(): Promise<void> {
    await this.#storage?.close();
    for (const path of this.#written) rmSync(path, { force: true });
  }

  /** A configuration that is there stays: it may be made for this machine. */
  #placeConfig({ manifest, config, files }: BackupHead): void {
    const found = this.#options.config ?? findIn(this.#directory, this.#options.to === undefined);
    if (found === undefined && config !== undefined) this.#write(join(this.#directory, CONFIG_FILE_NAME), config);
    else if (found !== undefined && config !== undefined && !readFileSync(found).equals(config)) {
      const beside = join(this.#directory, `${CONFIG_FILE_NAME}.from-backup`);
      writeAtomically(beside, config);
      this.notes.push(`${found} stays as it is; the one of the backup is ${beside}.`);
    }
    const base = found === undefined ? this.#directory : dirname(resolve(found));
    for (const [index, { option, path }] of manifest.files.entries()) {
      this.#writeNamed(isAbsolute(path) ? path : join(base, path), files[index], option);
    }
  }

  #writeNamed(path: string, bytes: Uint8Array | undefined, option: string): void {
    if (bytes === undefined || existsSync(path)) return;
    try {
      this.#write(path, bytes);
    } catch (error) {
      this.notes.push(`${path} (${option}) could not be written: ${(error as Error).message}`);
    }
  }

  #write(path: string, bytes: Uint8Array): void {
    writeAtomically(path, bytes);
    this.#written.push(path);
  }
}

function findIn(directory: string, wherever = false): string | undefined {
  if (wherever) return findConfigFile({ env: process.env, cwd: directory })?.absolutePath;
  const path = join(directory, CONFIG_FILE_NAME);
  return existsSync(path) ? path : undefined;
}

/** What is there and what comes are in memory side by side for a moment. */
function withoutLimit({ config, secrets }: LoadedConfig) {
  const options = toStorageOptions(config, secrets);
  return options.mode === 'embedded' ? { ...options, maxMemoryBytes: 0 } : options;
}

async function report({ manifest, summary }: Restored, { notes, loaded }: RestoreSession): Promise<void> {
  const madeAt = new Date(manifest.createdAt).toISOString();
  await writeLine(
    `Restored: ${summary.accounts} ${summary.accounts === 1 ? 'member' : 'members'}, as of ${madeAt}, in ${loaded?.config.storage.data_dir ?? ''}`,
  );
  for (const note of [...notes, ...adviseOn(manifest)]) await writeLine(`- ${note}`);
}

function adviseOn({ createdAt, environment, withQueues }: Manifest): string[] {
  const since = new Date(createdAt).toISOString();
  const fromEnvironment = environment.filter((name) => name !== 'VANT_CONFIG');
  return [
    ...(fromEnvironment.length === 0
      ? []
      : [`The server had options from its environment, which are not in a backup: ${fromEnvironment.join(', ')}.`]),
    `Members and devices that were removed after ${since} are back, and roles are as they were: remove them again.`,
    `Members and devices that joined after it are unknown: invite and link them anew. Open invites are void.`,
    ...(withQueues ? [] : ['Messages that waited for their devices are not in this backup.']),
    'Everyone else carries on with what they have. Start the server: vant serve',
  ];
}

function logTrouble(level: string, message: string): void {
  if (level === 'warn' || level === 'error') writeError(`vant: ${message}`);
}
