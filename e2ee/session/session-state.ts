// One session with one device: the Triple Ratchet and what belongs to its beginning.
import { MAX_FORWARD_JUMPS, MAX_UNACKNOWLEDGED_AGE_MS, UNLIMITED_JUMPS } from '../limits.ts';
import type { PublicKey } from '../keys/public-key.ts';
import type { Bytes } from '../primitives/bytes.ts';
import { isSameAccount, type ProtocolAddress } from '../protocol-address.ts';
import type { SessionIdentities, TripleRatchet } from '../ratchet/triple-ratchet.ts';

/** What every message repeats until the other side has answered for the first time. */
export interface PendingPreKey {
  readonly preKeyId: number | null;
  readonly signedPreKeyId: number;
  readonly kyberPreKeyId: number;
  readonly kyberCiphertext: Bytes;
  readonly baseKey: PublicKey;
  /** Whole seconds since 1970. */
  readonly createdAtSeconds: number;
}

export interface SessionState extends SessionIdentities {
  readonly triple: TripleRatchet;
  readonly pending: PendingPreKey | null;
  readonly localRegistrationId: number;
  readonly remoteRegistrationId: number;
  /** The initiator's base key: it names the session. */
  readonly baseKey: PublicKey;
}

/** An initiator that was never answered stops using the session: its pre-keys may be gone by now. */
export function isStale(state: SessionState, nowMs: number): boolean {
  return state.pending !== null && state.pending.createdAtSeconds * 1000 + MAX_UNACKNOWLEDGED_AGE_MS < nowMs;
}

export interface Peers {
  readonly local: ProtocolAddress;
  readonly remote: ProtocolAddress;
}

/** Between devices of one account jumps are not limited. */
export function maxJump(identities: Pick<SessionIdentities, 'localIdentity' | 'remoteIdentity'>, peers: Peers): number {
  const same = isSameAccount(
    { address: peers.local, identity: identities.localIdentity.serialize() },
    { address: peers.remote, identity: identities.remoteIdentity.serialize() },
  );
  return same ? UNLIMITED_JUMPS : MAX_FORWARD_JUMPS;
}
