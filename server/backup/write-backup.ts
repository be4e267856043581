/** Makes a backup, of a running server or of one that is stopped. */
import { join } from 'node:path';
import type { LoadedConfig } from '../../config/load.ts';
import { dumpRecords } from '../storage/backup/dump-records.ts';
import type { BackupExtent } from '../storage/backup/kept-keys.ts';
import { encodeRecord } from '../storage/backup/stored-record.ts';
import type { RedisConnection } from '../storage/connection.ts';
import { createStorageKeys } from '../storage/keys.ts';
import { FIRST_FORM } from '../storage/schema/migrations.ts';
import { VERSION } from '../version.ts';
import { ArchiveWriter } from './archive-writer.ts';
import { readConfigFiles, type ConfigFiles } from './config-files.ts';
import { listAttachmentFiles, listDataFiles } from './data-files.ts';
import { BACKUP_FORMAT, ENTRIES, type Manifest, type Summary } from './manifest.ts';
import { sealStream, type SealKey } from './seal-file.ts';

/** Of records in one entry of the archive. */
const RECORDS_BYTES = 4 * 1024 * 1024;

export interface BackupSource extends BackupExtent {
  readonly loaded: LoadedConfig;
  readonly redis: RedisConnection;
  readonly cwd: string;
  readonly now: number;
}

export interface StartedBackup {
  /** The encrypted file. It fails when the backup does. */
  readonly stream: ReadableStream<Uint8Array>;
  /** Resolves when the last entry is written. */
  readonly summary: Promise<Summary>;
}

/** @throws BackupError */
export async function startBackup(source: BackupSource, key: SealKey): Promise<StartedBackup> {
  const archive = new ArchiveWriter(source.now);
  const stream = await sealStream(archive.readable, key);
  const summary = writeEntries(archive, source).catch((error: unknown) => {
    archive.fail(error);
    throw error;
  });
  // Whoever reads the stream hears of it first.
  summary.catch(() => undefined);
  return { stream, summary };
}

async function writeEntries(archive: ArchiveWriter, source: BackupSource): Promise<Summary> {
  const { loaded, cwd } = source;
  const { config } = loaded;
  const configFiles = readConfigFiles(loaded, cwd);
  await archive.add(ENTRIES.manifest, toJson(await describe(source, configFiles)));
  if (configFiles.config !== undefined) await archive.add(ENTRIES.config, configFiles.config);
  for (const [index, { bytes }] of configFiles.files.entries()) await archive.add(`${ENTRIES.files}${index}`, bytes);
  const records = await writeRecords(archive, source);
  const dataFiles = await listDataFiles(config.storage.data_dir, config.attachments.directory);
  let files = await addFiles(archive, ENTRIES.data, config.storage.data_dir, dataFiles);
  if (source.withAttachments) {
    const { directory } = config.attachments;
    files += await addFiles(archive, ENTRIES.attachments, directory, await listAttachmentFiles(directory));
  }
  const summary: Summary = { ...records, files };
  await archive.add(ENTRIES.summary, toJson(summary));
  archive.finish();
  return summary;
}

async function writeRecords(archive: ArchiveWriter, source: BackupSource): Promise<Omit<Summary, 'files'>> {
  let [records, accounts, bytes, chunk] = [0, 0, 0, 0];
  let lines: Buffer[] = [];
  const flush = async () => {
    const name = `${ENTRIES.records}${String(++chunk).padStart(6, '0')}.jsonl`;
    await archive.add(name, Buffer.concat(lines));
    [lines, bytes] = [[], 0];
  };
  const { redis, withQueues, withAttachments, now } = source;
  const { key_prefix: prefix } = source.loaded.config.redis;
  for await (const record of dumpRecords({ redis, prefix, now, withQueues, withAttachments })) {
    const line = encodeRecord(record);
    records++;
    if (record.key === 'accounts') accounts = record.data.length / 2;
    lines.push(line);
    bytes += line.length;
    if (bytes >= RECORDS_BYTES) await flush();
  }
  if (lines.length > 0) await flush();
  return { records, accounts };
}

async function addFiles(
  archive: ArchiveWriter,
  prefix: string,
  directory: string,
  paths: readonly string[],
): Promise<number> {
  let count = 0;
  for (const path of paths) if (await archive.addFile(prefix + path, join(directory, path))) count++;
  return count;
}

async function describe(source: BackupSource, { files, environment }: ConfigFiles): Promise<Manifest> {
  const { form } = createStorageKeys(source.loaded.config.redis.key_prefix);
  const stored = await source.redis.execute(form, ['HGET', form, 'form']);
  return {
    format: BACKUP_FORMAT,
    createdAt: source.now,
    vantVersion: VERSION,
    form: stored === null ? FIRST_FORM : Number(String(stored)),
    withQueues: source.withQueues,
    withAttachments: source.withAttachments,
    files: files.map(({ option, path }) => ({ option, path })),
    environment,
  };
}

const toJson = (value: object): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
