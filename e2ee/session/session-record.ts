// All sessions with one device: the one in use, and earlier ones for messages still under way.
import { failure, inOperation, parsing, invalidSession, LibSignalErrorBase } from '../errors.ts';
import type { PublicKey } from '../keys/public-key.ts';
import { type Bytes, equalBytes } from '../primitives/bytes.ts';
import { archiveCurrent } from './record-transitions.ts';
import { isStale, type SessionState } from './session-state.ts';
import { decodeRecord, encodeRecord, type StoredRecord } from './session-storage.ts';

export class SessionRecord {
  #record: StoredRecord;

  private constructor(record: StoredRecord) {
    this.#record = record;
  }

  static deserialize(buffer: Uint8Array): SessionRecord {
    return parsing('SessionRecord_Deserialize', buffer, (copy) => new SessionRecord(decodeOrRefuse(copy)));
  }

  static of(record: StoredRecord): SessionRecord {
    return new SessionRecord(record);
  }

  /** The sessions as a value. */
  snapshot(): StoredRecord {
    return this.#record;
  }

  serialize(): Bytes {
    return encodeRecord(this.#record);
  }

  archiveCurrentState(): void {
    this.#record = archiveCurrent(this.#record);
  }

  localRegistrationId(): number {
    return this.#requireCurrent('SessionRecord_GetLocalRegistrationId', 'local_registration_id').localRegistrationId;
  }

  remoteRegistrationId(): number {
    return this.#requireCurrent('SessionRecord_GetRemoteRegistrationId', 'remote_registration_id').remoteRegistrationId;
  }

  /** Whether there is a session that can send at this time. */
  hasCurrentState(now: Date = new Date()): boolean {
    const { current } = this.#record;
    return current !== null && current.triple.ratchet.senderChain !== null && !isStale(current, now.getTime());
  }

  /** Whether `key` is our own ratchet key of the current session: a DecryptionErrorMessage names the key it is about. */
  currentRatchetKeyMatches(key: PublicKey): boolean {
    const own = this.#record.current?.triple.ratchet.senderChain?.ratchetKey.publicKey;
    return own !== undefined && equalBytes(own, key.getPublicKeyBytes());
  }

  #requireCurrent(operation: string, what: string): SessionState {
    return inOperation(operation, () => {
      if (this.#record.current === null) throw failure(`session not found: ${what}`);
      return this.#record.current;
    });
  }
}

function decodeOrRefuse(data: Bytes): StoredRecord {
  try {
    return decodeRecord(data);
  } catch (error) {
    if (!(error instanceof LibSignalErrorBase)) throw error;
    throw invalidSession('failed to decode session record protobuf');
  }
}
