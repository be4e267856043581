/** The backup file: what goes in comes out, and nothing that was changed does. */
import { describe, expect, it } from 'vitest';
import { decodeBase64Url } from '../../../wire/encoding.ts';
import { HEADER_BYTES } from '../../../webui/engine/backup/backup-header.ts';
import { Backup, type HistoryClient } from '../../../webui/engine/backup/backup.ts';
import type { BackupProgress } from '../../../webui/engine/backup/backup-api.ts';
import { CHUNK_BYTES, openChunks, sealChunks, SEALED_CHUNK_BYTES } from '../../../webui/engine/backup/sealed-chunks.ts';
import oldFile from '../../vectors/backup-v1.json' with { type: 'json' };

const CHEAP = { memoryKibibytes: 64, passes: 1, lanes: 1 };
const PASSPHRASE = 'correct horse battery staple';

/** Random, so that compression does not make one chunk of it. */
function makeRecords(count: number, bytes: number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: count }, () => crypto.getRandomValues(new Uint8Array(bytes)));
}

function setUp(records: readonly Uint8Array[] = []) {
  const imported: Uint8Array[] = [];
  const progress: BackupProgress[] = [];
  const client: HistoryClient = {
    async *exportHistory() {
      yield* records;
    },
    async importHistory(given) {
      for await (const record of given) imported.push(record.slice());
      return { recordCount: imported.length, addedMessages: imported.length, skippedMessages: 0 };
    },
  };
  const backup = new Backup(
    async () => client,
    (event) => progress.push(event),
    async () => CHEAP,
  );
  return { backup, imported, progress };
}

async function makeFile(records: readonly Uint8Array[]): Promise<Blob> {
  const file = await setUp(records).backup.exportTo({ passphrase: PASSPHRASE });
  return file!;
}

async function importing(file: Blob, passphrase = PASSPHRASE): Promise<Uint8Array[]> {
  const { backup, imported } = setUp();
  try {
    await backup.importFrom({ file, passphrase });
  } catch (error) {
    // Nothing of a file that is refused has been taken.
    expect(imported).toEqual([]);
    throw error;
  }
  return imported;
}

async function change(file: Blob, edit: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): Promise<Blob> {
  return new Blob([edit(new Uint8Array(await file.arrayBuffer()))]);
}

describe('a backup file', () => {
  it('gives back the records in their order, and shows how far it is', async () => {
    const records = [...makeRecords(200, 1000), new Uint8Array(), ...makeRecords(5, 65_536)];
    const writing = setUp(records);
    const file = (await writing.backup.exportTo({ passphrase: PASSPHRASE }))!;
    expect(file.size).toBeGreaterThan(500_000);
    const reading = setUp();
    const result = await reading.backup.importFrom({ file, passphrase: PASSPHRASE });
    expect(result).toEqual({ addedMessages: records.length, skippedMessages: 0 });
    expect(reading.imported).toEqual(records);
    expect(writing.progress.at(-1)).toMatchObject({ phase: 'done', doneBytes: file.size });
    const phases = [...new Set(reading.progress.map(({ phase }) => phase))];
    expect(phases).toEqual(['key', 'check', 'records', 'done']);
    const done = reading.progress.filter(({ phase }) => phase === 'check').map(({ doneBytes }) => doneBytes);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });

  it('of an empty history is a file, too', async () => {
    expect(await importing(await makeFile([]))).toEqual([]);
  });

  it('shows nothing of what is in it', async () => {
    const text = new TextEncoder().encode('the launch code '.repeat(100));
    const file = await makeFile([text]);
    expect(new TextDecoder('latin1').decode(await file.arrayBuffer())).not.toContain('launch');
  });

  it('tells a wrong passphrase from a damaged file', async () => {
    const file = await makeFile(makeRecords(300, 1000));
    await expect(importing(file, 'correct horse battery stable')).rejects.toMatchObject({
      code: 'BACKUP_WRONG_PASSPHRASE',
    });
    for (const at of [15, 20, 35, 45, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + 100, file.size - 1]) {
      const damaged = await change(file, (bytes) => {
        bytes[at]! ^= 1;
        return bytes;
      });
      await expect(importing(damaged), `byte ${at}`).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
    }
  });

  it('is refused when it was cut, at any place', async () => {
    const file = await makeFile(makeRecords(300, 1000));
    const chunkEnd = HEADER_BYTES + SEALED_CHUNK_BYTES;
    for (const size of [HEADER_BYTES, HEADER_BYTES + 1, chunkEnd - 1, chunkEnd, chunkEnd + 1, file.size - 1])
      await expect(importing(file.slice(0, size)), `${size} bytes`).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
    await expect(importing(new Blob([file, 'x']))).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  });

  it('is refused when chunks were swapped, repeated, or come from another file', async () => {
    const [file, other] = [await makeFile(makeRecords(300, 1000)), await makeFile(makeRecords(300, 1000))];
    const chunk = (from: Blob, index: number): Blob =>
      from.slice(HEADER_BYTES + index * SEALED_CHUNK_BYTES, HEADER_BYTES + (index + 1) * SEALED_CHUNK_BYTES);
    const head = file.slice(0, HEADER_BYTES);
    const rest = file.slice(HEADER_BYTES + 2 * SEALED_CHUNK_BYTES);
    const variants = [
      [head, chunk(file, 1), chunk(file, 0), rest],
      [head, chunk(file, 0), chunk(file, 0), rest],
      [head, chunk(file, 1), rest],
      [head, chunk(file, 0), chunk(other, 1), rest],
      [other.slice(0, HEADER_BYTES), file.slice(HEADER_BYTES)],
    ];
    for (const parts of variants)
      await expect(importing(new Blob(parts))).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  });

  it('is told from other files and later versions', async () => {
    await expect(importing(new Blob(['']))).rejects.toMatchObject({ code: 'NOT_A_BACKUP' });
    await expect(importing(new Blob(['PK\x03\x04'.repeat(100)]))).rejects.toMatchObject({ code: 'NOT_A_BACKUP' });
    const later = await change(await makeFile([]), (bytes) => {
      bytes[10] = 2;
      return bytes;
    });
    await expect(importing(later)).rejects.toMatchObject({ code: 'BACKUP_TOO_NEW' });
  });

  it('of the first version can be read for ever', async () => {
    const file = new Blob([new Uint8Array(decodeBase64Url(oldFile.file))]);
    const texts = (await importing(file, oldFile.passphrase)).map((record) => new TextDecoder().decode(record));
    expect(texts).toEqual(oldFile.records);
  });

  it('is not made when it is cancelled, and only one is made at a time', async () => {
    const isAsked = Promise.withResolvers<undefined>();
    const goOn = Promise.withResolvers<undefined>();
    const client: HistoryClient = {
      async *exportHistory() {
        isAsked.resolve(undefined);
        await goOn.promise;
        yield* makeRecords(300, 1000);
      },
      importHistory: () => Promise.reject(new Error('not asked for')),
    };
    const backup = new Backup(
      async () => client,
      () => undefined,
      async () => CHEAP,
    );
    const making = backup.exportTo({ passphrase: PASSPHRASE });
    await isAsked.promise;
    await expect(backup.exportTo({ passphrase: PASSPHRASE })).rejects.toMatchObject({ code: 'BACKUP_BUSY' });
    await backup.cancel();
    goOn.resolve(undefined);
    await expect(making).rejects.toMatchObject({ code: 'BACKUP_CANCELLED' });
    expect(await backup.exportTo({ passphrase: PASSPHRASE })).toBeInstanceOf(Blob);
  });

  it('is written to a file of the disk, and leaves the old one there when it fails', async () => {
    const directory = await navigator.storage.getDirectory();
    const handle = await directory.getFileHandle('history.vantbackup', { create: true });
    const records = makeRecords(3, 1000);
    expect(await setUp(records).backup.exportTo({ passphrase: PASSPHRASE, file: handle })).toBeUndefined();
    expect(await importing(await handle.getFile())).toEqual(records);
    const failing: HistoryClient = {
      async *exportHistory() {
        yield* makeRecords(3, 65_536);
        throw new Error('the store failed');
      },
      importHistory: () => Promise.reject(new Error('not asked for')),
    };
    const backup = new Backup(
      async () => failing,
      () => undefined,
      async () => CHEAP,
    );
    await expect(backup.exportTo({ passphrase: PASSPHRASE, file: handle })).rejects.toThrow('the store failed');
    expect(await importing(await handle.getFile())).toEqual(records);
    await directory.removeEntry('history.vantbackup');
  });
});

describe('sealed chunks', () => {
  it.each([0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES])('keep %i bytes', async (count) => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    const cipher = { key, noncePrefix: new Uint8Array(7), header: new Uint8Array(64) };
    const plaintext = new Uint8Array(count).map((_, index) => index);
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    const give = async function* () {
      for (let at = 0; at < count; at += 10_000) yield plaintext.subarray(at, at + 10_000);
    };
    for await (const piece of sealChunks(cipher, give())) pieces.push(piece);
    expect(pieces).toHaveLength(Math.max(1, Math.ceil(count / CHUNK_BYTES)));
    const opened: Uint8Array<ArrayBuffer>[] = [];
    for await (const piece of openChunks(cipher, new Blob(pieces))) opened.push(piece);
    expect(new Uint8Array(await new Blob(opened).arrayBuffer())).toEqual(plaintext);
  });
});
