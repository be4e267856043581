/** The secrets of time-limited TURN credentials: in the data directory, made by this server, replaced every week. The former one holds
 * for as long as credentials of it may still be in use. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface StoredSecret {
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

const FILE = 'turn-secrets.json';
const SECRET_BYTES = 32;
export const TURN_SECRET_ROTATION_MS = 7 * 24 * 60 * 60 * 1000;

export class TurnSecrets {
  readonly #path: string;
  readonly #ttlMs: number;
  readonly #now: () => number;
  /** The newest first. */
  #stored: readonly StoredSecret[];

  /** @param ttlMs of credentials */
  constructor(dataDirectory: string, ttlMs: number, now: () => number) {
    this.#path = join(dataDirectory, FILE);
    this.#ttlMs = ttlMs;
    this.#now = now;
    this.#stored = read(this.#path);
    this.rotate();
  }

  /** All that hold, the newest first. */
  get all(): readonly [string, ...string[]] {
    const [newest, ...former] = this.#stored.map(({ secret }) => secret);
    // There is always one after `rotate`.
    return [newest ?? '', ...former];
  }

  /** Makes a new one when it is time, and drops those that nobody can use any more. @returns whether anything has changed. */
  rotate(): boolean {
    const now = this.#now();
    const isDue = (this.#stored[0]?.createdAt ?? -Infinity) + TURN_SECRET_ROTATION_MS <= now;
    const fresh = { secret: randomBytes(SECRET_BYTES).toString('base64url'), createdAt: now };
    const candidates = isDue ? [fresh, ...this.#stored] : this.#stored;
    const kept = candidates.filter((_, index) => {
      const successor = candidates[index - 1];
      return successor === undefined || successor.createdAt + this.#ttlMs > now;
    });
    if (!isDue && kept.length === this.#stored.length) return false;
    this.#stored = kept;
    write(this.#path, kept);
    return true;
  }
}

/** For `vant doctor`, which changes nothing. */
export const readNewestTurnSecret = (dataDirectory: string): string | undefined =>
  read(join(dataDirectory, FILE))[0]?.secret;

/** A file that is lost or broken costs no more than calls that are about to begin. */
function read(path: string): readonly StoredSecret[] {
  try {
    const { secrets } = JSON.parse(readFileSync(path, 'utf8')) as { secrets: StoredSecret[] };
    return secrets.filter(({ secret, createdAt }) => secret.length >= SECRET_BYTES && createdAt > 0);
  } catch {
    return [];
  }
}

function write(path: string, secrets: readonly StoredSecret[]): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.new`;
  writeFileSync(temporary, `${JSON.stringify({ secrets })}\n`, { mode: 0o600, flush: true });
  renameSync(temporary, path);
}
