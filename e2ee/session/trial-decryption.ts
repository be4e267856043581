// Finds the session that a message belongs to, by trying (Sesame, section 3.4). Nothing is stored here.
import { ErrorCode, invalidMessage, LibSignalErrorBase } from '../errors.ts';
import type { SignalMessage } from '../messages/signal-message.ts';
import type { Bytes } from '../primitives/bytes.ts';
import type { RandomSource } from '../primitives/random.ts';
import { decryptTriple } from '../ratchet/triple-ratchet.ts';
import { decodeArchived, promoteArchived } from './record-transitions.ts';
import { maxJump, type Peers, type SessionState } from './session-state.ts';
import type { StoredRecord } from './session-storage.ts';

export interface Decrypted {
  readonly record: StoredRecord;
  readonly plaintext: Bytes;
}

/** The current session, then archived ones, newest first. An archived one that decrypts becomes the current one. */
export async function decryptWithAnySession(
  record: StoredRecord,
  peers: Peers,
  message: SignalMessage,
  random: RandomSource,
): Promise<Decrypted> {
  const withCurrent = await tryCurrent(record, peers, message, random);
  if (withCurrent !== null) return withCurrent;
  for (const [position, encoded] of record.archived.entries()) {
    const archived = decodeArchived(encoded);
    const opened = archived && (await tryState(archived, peers, message, random));
    if (opened !== null) {
      return { record: promoteArchived(record, position, opened.state), plaintext: opened.plaintext };
    }
  }
  throw invalidMessage('Whisper', 'decryption failed');
}

/** A PreKeySignalMessage has just made its session the current one: no other is tried. */
export async function decryptWithCurrentSession(
  record: StoredRecord,
  peers: Peers,
  message: SignalMessage,
  random: RandomSource,
): Promise<Decrypted> {
  const decrypted = await tryCurrent(record, peers, message, random);
  if (decrypted === null) throw invalidMessage('PreKey', 'decryption failed');
  return decrypted;
}

async function tryCurrent(
  record: StoredRecord,
  peers: Peers,
  message: SignalMessage,
  random: RandomSource,
): Promise<Decrypted | null> {
  const opened = record.current && (await tryState(record.current, peers, message, random));
  return opened && { record: { ...record, current: opened.state }, plaintext: opened.plaintext };
}

/**
 * Null if the message is not of this session. A duplicate is: it is reported at once. Any other failure is kept to
 * ourselves: which check failed is nothing that a sender should learn.
 */
async function tryState(
  state: SessionState,
  peers: Peers,
  message: SignalMessage,
  random: RandomSource,
): Promise<{ state: SessionState; plaintext: Bytes } | null> {
  if (state.version !== message.messageVersion()) return null;
  const addresses = { sender: peers.remote, recipient: peers.local };
  try {
    const opened = await decryptTriple(state.triple, state, message, addresses, maxJump(state, peers), random);
    // The other side has answered: the pre-keys need not be repeated any more.
    return { state: { ...state, triple: opened.state, pending: null }, plaintext: opened.plaintext };
  } catch (error) {
    if (!(error instanceof LibSignalErrorBase) || error.is(ErrorCode.DuplicatedMessage)) throw error;
    return null;
  }
}
