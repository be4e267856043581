import { ClientClosedError, ClientOfflineError } from '@redis/client';
import { VantError } from '../../wire/errors.ts';
import { NotSentError } from './links/link.ts';

/** Replies that say "not now" about the server as a whole, by the first word of the error. Anything else (WRONGTYPE, a Lua
 * mistake) is a mistake of ours and keeps its own error. */
const UNAVAILABLE = new Map([
  ['MISCONF', 'Redis cannot write its data to disk, so it takes no more'],
  ['OOM', 'Redis has reached its memory limit'],
  ['READONLY', 'this Redis is a replica'],
  ['LOADING', 'Redis is still loading its data'],
  ['CLUSTERDOWN', 'the cluster does not serve all slots'],
  ['MASTERDOWN', 'the replica has lost its primary'],
  ['NOREPLICAS', 'Redis has fewer replicas than it asks for'],
  ['TRYAGAIN', 'the slot is being moved'],
  ['ASK', 'the slot is being moved'],
  ['BUSY', 'a script keeps Redis busy'],
  ['NOAUTH', 'Redis wants a password'],
  ['WRONGPASS', 'Redis refuses the user name or password'],
]);

/** The first word of an error reply, such as `OOM`; undefined for errors that Redis did not send. */
export function errorCodeOf(error: unknown): string | undefined {
  return error instanceof Error ? /^-?([A-Z]{3,})\b/.exec(error.message)?.[1] : undefined;
}

/** Errors that Redis answered with about one command pass through; whatever hinders all commands is STORAGE_UNAVAILABLE. */
export function toStorageError(error: unknown): unknown {
  if (error instanceof VantError) return error;
  const code = errorCodeOf(error);
  // A transaction that was refused at one of its commands: EXECABORT hides the reason, which the library gives first.
  const reason = code === undefined ? undefined : UNAVAILABLE.get(code);
  if (reason !== undefined) return unavailable(`${capitalize(reason)}.`, error);
  return code === undefined && isConnectionTrouble(error)
    ? unavailable('The connection to Redis was lost.', error)
    : error;
}

/** Whether the command certainly did not reach Redis, so that it may be tried again. */
export function wasNeverSent(error: unknown): boolean {
  return error instanceof NotSentError || error instanceof ClientOfflineError || error instanceof ClientClosedError;
}

export function unavailable(detail: string, cause?: unknown): VantError {
  return new VantError('STORAGE_UNAVAILABLE', detail, { cause });
}

/** The library's own classes and Node's socket errors: everything that is no reply of Redis and no mistake of ours. */
function isConnectionTrouble(error: unknown): boolean {
  return error instanceof Error && !(error instanceof TypeError) && !(error instanceof RangeError);
}

const capitalize = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
