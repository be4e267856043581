// How the sessions of a record change places (Sesame, section 3.2). Values in, values out.
import { MAX_ARCHIVED_STATES } from '../limits.ts';
import type { PublicKey } from '../keys/public-key.ts';
import type { Bytes } from '../primitives/bytes.ts';
import type { SessionState } from './session-state.ts';
import { decodeState, encodeState, type StoredRecord } from './session-storage.ts';

export const EMPTY_RECORD: StoredRecord = { current: null, archived: [] };

/** The current session goes to the head of the archive. Its pending pre-key is dropped: it begins nothing any more. */
export function archiveCurrent(record: StoredRecord): StoredRecord {
  if (record.current === null) return record;
  const archived = [encodeState({ ...record.current, pending: null }), ...record.archived];
  return { current: null, archived: archived.slice(0, MAX_ARCHIVED_STATES) };
}

/** A new session becomes the current one. */
export function promoteNew(record: StoredRecord, state: SessionState): StoredRecord {
  return { ...archiveCurrent(record), current: state };
}

/** An archived session becomes the current one, as `state`. */
export function promoteArchived(record: StoredRecord, position: number, state: SessionState): StoredRecord {
  const others = { ...record, archived: record.archived.toSpliced(position, 1) };
  return promoteNew(others, state);
}

/** The record with the session that this base key began as the current one, or null if there is none. */
export function promoteMatching(record: StoredRecord, version: number, baseKey: PublicKey): StoredRecord | null {
  const matches = (state: SessionState | null): boolean => {
    return state?.version === version && state.baseKey.equals(baseKey);
  };
  if (matches(record.current)) return record;
  for (const [position, encoded] of record.archived.entries()) {
    const state = decodeArchived(encoded);
    if (state !== null && matches(state)) return promoteArchived(record, position, state);
  }
  return null;
}

/** Null if the entry is damaged: one bad entry must not make the other sessions useless. */
export function decodeArchived(encoded: Bytes): SessionState | null {
  try {
    return decodeState(encoded);
  } catch {
    return null;
  }
}
