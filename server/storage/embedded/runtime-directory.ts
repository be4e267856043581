import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StorageSetupError } from '../storage-setup-error.ts';

/** sun_path holds 108 bytes on Linux and 104 elsewhere, with a zero at the end. */
const MAX_SOCKET_PATH_BYTES = 103;
const SOCKET_NAME = 'redis.sock';

/** A new directory for the socket that only its owner can enter (mkdtemp makes it 0700) and whose path is short enough. It is not
 * in the data directory: that may lie deep, or on a file system that knows no sockets (shared folders of Docker Desktop). */
export function createSocketPath(environment: NodeJS.ProcessEnv = process.env): string {
  const parents = [environment['RUNTIME_DIRECTORY'], environment['XDG_RUNTIME_DIR'], tmpdir(), '/tmp', '/dev/shm'];
  for (const parent of parents) {
    const path = parent === undefined ? undefined : tryIn(parent);
    if (path !== undefined) return path;
  }
  throw new StorageSetupError(
    'There is no directory for the socket of Redis. Set XDG_RUNTIME_DIR to a writable directory with a short path.',
  );
}

function tryIn(parent: string): string | undefined {
  const length = Buffer.byteLength(join(parent, 'vant-XXXXXX', SOCKET_NAME));
  if (length > MAX_SOCKET_PATH_BYTES) return undefined;
  try {
    return join(mkdtempSync(join(parent, 'vant-')), SOCKET_NAME);
  } catch {
    return undefined;
  }
}
