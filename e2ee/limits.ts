// Every limit of the protocol, named once. Values are libsignal's: a peer that allowed less would lose messages that the
// other may send, and one that allowed more would hold keys longer than the other believes.

/** Messages that one receiving chain may be ahead of us (DoS: each costs a key derivation before the MAC is checked). */
export const MAX_FORWARD_JUMPS = 25_000;
/** With ourselves (another device of the same account) the jump is not limited: nobody else can ask for it. */
export const UNLIMITED_JUMPS = 0xffff_ffff;
/** Skipped message keys kept per chain; the oldest goes first. */
export const MAX_MESSAGE_KEYS = 2_000;
/** Receiving chains kept per session: messages of older ratchet turns cannot be read any more. */
export const MAX_RECEIVER_CHAINS = 5;
/** Sessions kept beside the current one, for messages under way while a new session began. */
export const MAX_ARCHIVED_STATES = 40;
/** Sender key states kept per sender and distribution. */
export const MAX_SENDER_KEY_STATES = 5;
/** A session that the other side never answered is used no longer than this. */
export const MAX_UNACKNOWLEDGED_AGE_MS = 30 * 24 * 60 * 60 * 1000;
/** Keys derived between two turns given to the host's event loop: about 5 ms of work on a slow phone. */
export const DERIVATIONS_PER_TURN = 256;

export const MAX_DEVICE_ID = 127;
/** Sealed sender v2 has 14 bits for a registration id. */
export const REGISTRATION_ID_MASK = 0x3fff;
export const MIN_FINGERPRINT_ITERATIONS = 2;
export const MAX_FINGERPRINT_ITERATIONS = 1_000_000;
