// The states of the ML-KEM Braid. In each epoch one side makes a key pair and sends its encapsulation key in pieces; the
// other encapsulates and sends the ciphertext in pieces, its first part at the same time as the key travels. With the next
// epoch the sides change roles.
import type { Bytes } from '../primitives/bytes.ts';
import type { Authenticator } from './authenticator.ts';
import type { ChunkSet } from './erasure-code.ts';

interface Common {
  readonly epoch: number;
  readonly auth: Authenticator;
}

/** Counts chunks of the running transfer that have been sent; it gives the index of the next one. */
interface Sending {
  readonly sent: number;
}

/** Our encapsulation key and header are parts of the decapsulation key. */
interface KeyOwner extends Common {
  readonly dk: Bytes;
}

/** The encapsulation so far is determined by the header and the 32 random bytes of the message. */
interface Encapsulating extends Common {
  readonly header: Bytes;
  readonly message: Bytes;
  readonly ct1: Bytes;
}

// The side that sends the encapsulation key.
export interface KeysUnsampled extends Common {
  readonly kind: 'KeysUnsampled';
}
export interface KeysSampled extends KeyOwner, Sending {
  readonly kind: 'KeysSampled';
}
export interface HeaderSent extends KeyOwner, Sending {
  readonly kind: 'HeaderSent';
  readonly received: ChunkSet;
}
export interface Ct1Received extends KeyOwner, Sending {
  readonly kind: 'Ct1Received';
  readonly ct1: Bytes;
}
export interface EkSentCt1Received extends KeyOwner {
  readonly kind: 'EkSentCt1Received';
  readonly ct1: Bytes;
  readonly received: ChunkSet;
}

// The side that sends the ciphertext.
export interface NoHeaderReceived extends Common {
  readonly kind: 'NoHeaderReceived';
  readonly received: ChunkSet;
}
export interface HeaderReceived extends Common {
  readonly kind: 'HeaderReceived';
  readonly header: Bytes;
}
export interface Ct1Sampled extends Encapsulating, Sending {
  readonly kind: 'Ct1Sampled';
  readonly received: ChunkSet;
}
export interface EkReceivedCt1Sampled extends Encapsulating, Sending {
  readonly kind: 'EkReceivedCt1Sampled';
  readonly ek: Bytes;
}
export interface Ct1Acknowledged extends Encapsulating {
  readonly kind: 'Ct1Acknowledged';
  readonly received: ChunkSet;
}
export interface Ct2Sampled extends Common, Sending {
  readonly kind: 'Ct2Sampled';
  /** The second half of the ciphertext and the MAC over both. */
  readonly ct2WithMac: Bytes;
}

export type BraidState =
  | KeysUnsampled
  | KeysSampled
  | HeaderSent
  | Ct1Received
  | EkSentCt1Received
  | NoHeaderReceived
  | HeaderReceived
  | Ct1Sampled
  | EkReceivedCt1Sampled
  | Ct1Acknowledged
  | Ct2Sampled;

/** A secret that both sides now share, or are about to. */
export interface EpochSecret {
  readonly epoch: number;
  readonly secret: Bytes;
}
