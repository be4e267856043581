/** The tar archive inside of the backup file, entry by entry: nothing larger than one chunk is ever held. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createTarPacker } from 'modern-tar';

const MODE = 0o600;
const CHUNK_BYTES = 256 * 1024;

export class ArchiveWriter {
  readonly readable: ReadableStream<Uint8Array>;
  readonly #controller: ReturnType<typeof createTarPacker>['controller'];
  readonly #mtime: Date;

  constructor(createdAt: number) {
    const { readable, controller } = createTarPacker();
    this.readable = readable;
    this.#controller = controller;
    this.#mtime = new Date(createdAt);
  }

  async add(name: string, bytes: Uint8Array): Promise<void> {
    const writer = this.#controller.add({ name, size: bytes.length, mode: MODE, mtime: this.#mtime }).getWriter();
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) await writer.write(bytes.subarray(at, at + CHUNK_BYTES));
    await writer.close();
  }

  /** With the time at which it was written. @returns false when it is gone. */
  async addFile(name: string, path: string): Promise<boolean> {
    const handle = await open(path, 'r').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (handle === undefined) return false;
    try {
      const { size, mtime } = await handle.stat();
      const writer = this.#controller.add({ name, size, mode: MODE, mtime }).getWriter();
      // To the size that the header says, even if the file grows meanwhile.
      const content = size === 0 ? [] : createReadStream('', { fd: handle, autoClose: false, start: 0, end: size - 1 });
      for await (const chunk of content as AsyncIterable<Buffer>) await writer.write(chunk);
      await writer.close();
      return true;
    } finally {
      await handle.close();
    }
  }

  finish(): void {
    this.#controller.finalize();
  }

  /** Whoever reads gets the error instead of an end. */
  fail(error: unknown): void {
    this.#controller.error(error);
  }
}
