/** The machine and what lies on it: configuration, permissions, disk, memory. */
import { statSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { freemem, totalmem, userInfo } from 'node:os';
import { readRestoreNote } from '../backup/restore-note.ts';
import { failure, ok, warning, type Check, type CheckContext, type CheckedConfig, type Finding } from './check.ts';
import { describeBytes } from './describe-bytes.ts';

const OPEN_TO_OTHERS = 0o077;
const WRITABLE_BY_OTHERS = 0o022;
const LOW_DISK_SHARE = 0.1;
const MIB = 1024 * 1024;
const NO_DISK_BYTES = 100 * MIB;
const LOW_INODE_SHARE = 0.05;
const LOW_MEMORY_SHARE = 0.05;
/** The rest is for Vant itself and the system; Redis forks to rewrite its file. */
const REDIS_MEMORY_SHARE = 0.7;
/** How long a restore is worth a word. */
const RESTORE_WORD_MS = 30 * 24 * 60 * 60 * 1000;

export function createHostChecks({ loaded }: CheckContext, now: () => number): readonly Check[] {
  const { config } = loaded;
  return [
    ...createConfigChecks(loaded),
    { name: 'data directory', option: 'storage.data_dir', run: async () => checkDirectory(config.storage.data_dir) },
    { name: 'disk', option: 'storage.data_dir', run: () => checkDisk(config.storage.data_dir, 0) },
    {
      name: 'disk of attachments',
      option: 'attachments.directory',
      run: () => checkDisk(config.attachments.directory, config.attachments.min_free),
    },
    { name: 'memory', option: 'redis.embedded.max_memory', run: () => checkMemory(loaded) },
    { name: 'restore', option: 'storage.data_dir', run: async () => checkRestore(config.storage.data_dir, now()) },
  ];
}

/** Each warning of the file is a finding; one without any stands for the file. */
function createConfigChecks({ file, warnings }: CheckedConfig): Check[] {
  const name = 'configuration';
  if (warnings.length === 0) {
    return [{ name, option: 'server', run: async () => checkFile(file) }];
  }
  return warnings.map(({ option = '', message, help = 'See docs/configuration.md.' }) => ({
    name,
    option,
    run: async () => warning(`${option} ${message}`.trim(), help),
  }));
}

function checkFile(file: string | undefined): Finding {
  if (file === undefined) return ok('no file: defaults and environment');
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats !== undefined && (stats.mode & WRITABLE_BY_OTHERS) !== 0) {
    return failure(`other users may write ${file}, and so decide what the server does`, `chmod go-w ${file}`);
  }
  return ok(`${file} is right`);
}

function checkDirectory(path: string): Finding {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    return warning(`there is no ${path} yet`, 'The server makes it at its first start. Else correct storage.data_dir.');
  }
  const { uid, username } = userInfo();
  if ((stats.mode & OPEN_TO_OTHERS) !== 0) {
    return failure(`other users may look into ${path}, where keys and waiting messages lie`, `chmod 700 ${path}`);
  }
  if (uid > 0 && stats.uid !== uid) {
    return failure(
      `${path} belongs to user ${stats.uid}, and this runs as ${username} (${uid})`,
      `Run it as that user (sudo -u '#${stats.uid}' vant doctor), or give it the directory: chown -R ${username} ${path}`,
    );
  }
  return ok(`${path}, for its owner only`);
}

async function checkDisk(path: string, minFreeBytes: number): Promise<Finding> {
  const found = await statfs(path).catch(() => undefined);
  if (found === undefined) return ok(`there is no ${path} yet`);
  const [free, total] = [found.bavail * found.bsize, found.blocks * found.bsize];
  const seen = `${describeBytes(free)} of ${describeBytes(total)} are free`;
  const remedy = 'Make room, or move the directory to a larger disk.';
  if (free < NO_DISK_BYTES) return failure(`${seen}: messages will soon be refused`, remedy);
  if (free < minFreeBytes) return failure(`${seen}, less than attachments.min_free: files are refused`, remedy);
  if (free < total * LOW_DISK_SHARE) return warning(seen, remedy);
  // Some file systems count none.
  if (found.files > 0 && found.ffree < found.files * LOW_INODE_SHARE) {
    return warning(`${seen}, but few files can be made any more (${found.ffree} inodes)`, 'Delete small files.');
  }
  return ok(seen);
}

async function checkMemory({ config: { redis } }: CheckedConfig): Promise<Finding> {
  const total = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  const available = await readAvailable();
  const seen = `${describeBytes(available)} of ${describeBytes(total)} are available`;
  if (available < total * LOW_MEMORY_SHARE) return warning(seen, 'End other programs, or give the machine more.');
  const { max_memory: max } = redis.embedded;
  if (redis.mode === 'embedded' && max > total * REDIS_MEMORY_SHARE) {
    return warning(
      `${seen}, and Redis may take ${describeBytes(max)} of them: the system would kill it before it refuses a message`,
      `Set redis.embedded.max_memory to at most ${Math.floor((total * REDIS_MEMORY_SHARE) / MIB)}MiB.`,
    );
  }
  return ok(seen);
}

/** What programs can get, caches of files counted as free; as far as the system says so. */
async function readAvailable(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kibibytes = /^MemAvailable:\s+(\d+) kB/m.exec(text)?.[1];
  return kibibytes === undefined ? freemem() : Number(kibibytes) * 1024;
}

function checkRestore(dataDirectory: string, now: number): Finding {
  const note = readRestoreNote(dataDirectory);
  if (note === undefined) return ok('this server was never restored from a backup');
  const [restored, made] = [note.restoredAt, note.createdAt].map((at) => new Date(at).toISOString().slice(0, 16));
  const seen = `restored on ${restored} UTC from a backup of ${made} UTC`;
  if (now - note.restoredAt > RESTORE_WORD_MS) return ok(seen);
  return warning(
    `${seen}: members and devices that were removed in between are back`,
    'Look through members and devices, and remove those again. This note goes by itself after 30 days.',
  );
}
