/** Allocations on their way from a process that stops to the one that starts in its place. The file holds addresses of both ends of calls and their
 * keys, so it is written only where nothing reaches a disk: in the runtime directory of systemd (RuntimeDirectoryPreserve=restart). */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { HandedOver } from '../turn/net/turn-server.ts';

const FILE = 'turn-handover';
const VERSION = 1;
/** A call that has been silent for longer is over. */
const MAX_AGE_MS = 30_000;

interface Stored {
  /** Of this format. */
  readonly version: number;
  readonly writtenAtMs: number;
  readonly handedOver: readonly HandedOver[];
}

export class HandoverFile {
  readonly #path: string | undefined;
  readonly #now: () => number;

  /** @param directory undefined where there is none: then calls end with the process */
  constructor(directory: string | undefined, now: () => number) {
    this.#path = directory === undefined ? undefined : join(directory, FILE);
    this.#now = now;
  }

  write(handedOver: readonly HandedOver[]): void {
    const hasAny = handedOver.some(({ allocations }) => allocations.length > 0);
    if (this.#path === undefined || !hasAny) return;
    const stored: Stored = { version: VERSION, writtenAtMs: this.#now(), handedOver };
    writeFileSync(this.#path, serialize(stored), { mode: 0o600 });
  }

  /** What there is, once: the file is gone afterwards. */
  take(): readonly HandedOver[] {
    if (this.#path === undefined) return [];
    try {
      const stored = deserialize(readFileSync(this.#path)) as Stored;
      const isFresh = this.#now() - stored.writtenAtMs <= MAX_AGE_MS;
      return stored.version === VERSION && isFresh ? stored.handedOver : [];
    } catch {
      // There is none, or it is of another version.
      return [];
    } finally {
      rmSync(this.#path, { force: true });
    }
  }
}
