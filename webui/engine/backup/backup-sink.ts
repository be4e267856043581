/** Where a backup is written to. */

/** Many small parts in memory become one that the browser may put on the disk. */
const FOLD_BYTES = 16 * 1024 * 1024;
const CONTENT_TYPE = 'application/octet-stream';

export interface BackupSink {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Gives the file, where it was not written elsewhere. */
  close(): Promise<Blob | undefined>;
  /** Leaves nothing behind: a file that was there before stays as it was. */
  abort(): Promise<void>;
}

export async function createFileSink(file: FileSystemFileHandle): Promise<BackupSink> {
  const writable = await file.createWritable();
  return {
    write: (bytes) => writable.write(bytes),
    close: async () => {
      await writable.close();
      return undefined;
    },
    abort: () => writable.abort(),
  };
}

export function createBlobSink(): BackupSink {
  const folded: Blob[] = [];
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let partBytes = 0;
  const fold = (): void => {
    folded.push(new Blob(parts));
    parts = [];
    partBytes = 0;
  };
  return {
    async write(bytes) {
      parts.push(bytes);
      partBytes += bytes.length;
      if (partBytes >= FOLD_BYTES) fold();
    },
    async close() {
      fold();
      return new Blob(folded, { type: CONTENT_TYPE });
    },
    async abort() {
      folded.length = 0;
      parts = [];
    },
  };
}
