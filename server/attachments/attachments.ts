import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { VantError } from '../../wire/errors.ts';
import type { StoredAttachment } from '../../wire/schemas.ts';
import type { Actor } from '../accounts/actor.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import type { Log } from '../observability/log.ts';
import { UPLOAD_TIMEOUT_MS, type AttachmentFiles, type OpenAttachment } from './attachment-files.ts';
import type { UsageStore } from './usage-store.ts';

export interface AttachmentLimits {
  readonly maxBytes: number;
  readonly quotaBytes: number;
  readonly ttlMs: number;
}

interface Collaborators {
  readonly files: AttachmentFiles;
  readonly usage: UsageStore;
  readonly uploadsPerAccount: RateLimiter;
  readonly limits: () => AttachmentLimits;
  readonly log: Log;
  readonly now: () => number;
}

/** What the smallest file counts as: it takes a block of the disk, a name, and a line in the account's usage. */
const MIN_COUNTED_BYTES = 64 * 1024;
const SWEEP_INTERVAL_MS = 10 * 60_000;

/** Encrypted files that wait for their recipients. Who has left one is forgotten but for its size; who may fetch it is whoever
 * was told its id. */
export class Attachments {
  readonly #with: Collaborators;
  #timer: NodeJS.Timeout | undefined;

  constructor(collaborators: Collaborators) {
    this.#with = collaborators;
  }

  /** Each node sweeps: where the directory is not shared as it should be, there is nobody else. */
  start(): void {
    const sweep = () => {
      this.#with.files.sweep().catch((err: unknown) => this.#with.log.warn({ err }, 'Attachments were not swept'));
    };
    sweep();
    this.#timer = setInterval(sweep, SWEEP_INTERVAL_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** @param bytes as announced: room is made for them before the first one is read
   * @throws VantError PAYLOAD_TOO_LARGE, RATE_LIMITED, QUOTA_EXCEEDED, DISK_FULL, BAD_REQUEST */
  async upload(actor: Actor, source: Readable, bytes: number): Promise<StoredAttachment> {
    const { files, usage, uploadsPerAccount, limits, now } = this.#with;
    const { accountId } = actor;
    const { maxBytes, quotaBytes, ttlMs } = limits();
    if (bytes < 1) throw new VantError('BAD_REQUEST', 'An attachment has a byte at least.');
    if (bytes > maxBytes) throw new VantError('PAYLOAD_TOO_LARGE', `An attachment may have ${maxBytes} bytes.`);
    await uploadsPerAccount.take(accountId);
    const counted = Math.max(bytes, MIN_COUNTED_BYTES);
    // Until the upload is through: after a crash the room comes back soon.
    const reserved = await usage.reserve(accountId, counted, quotaBytes, now(), now() + UPLOAD_TIMEOUT_MS);
    if (reserved === 'gone') throw new VantError('UNAUTHORIZED');
    if (reserved === 'full') throw new VantError('QUOTA_EXCEEDED');
    const attachmentId = randomBytes(32).toString('base64url');
    try {
      await files.write(attachmentId, source, bytes);
    } catch (error) {
      await usage.release(accountId, reserved);
      if (error instanceof VantError && error.code === 'DISK_FULL') {
        this.#with.log.warn({ err: error.cause }, 'A file was refused: there is no room in attachments.directory');
      }
      throw error;
    }
    const expiresAt = now() + ttlMs;
    await usage.keep(accountId, reserved, expiresAt);
    return { attachmentId, expiresAt };
  }

  /** @throws VantError NOT_FOUND, without telling whether it ever was there */
  async open(attachmentId: string): Promise<OpenAttachment> {
    const file = await this.#with.files.open(attachmentId);
    if (file === undefined) throw new VantError('NOT_FOUND', 'There is no such attachment, or not any more.');
    return file;
  }
}
