/** A call as it is shown. */
import type { AccountId } from '../../wire/ids.ts';

/** `calling`: nobody there has heard of it yet. `ringing`: somebody is being told. `incoming`: it rings here. */
export type CallPhase = 'calling' | 'ringing' | 'incoming' | 'connecting' | 'connected' | 'reconnecting' | 'ended';

export type CallEnd =
  /** One of the two hung up. */
  | 'finished'
  | 'declined'
  | 'busy'
  | 'no-answer'
  /** The caller gave up before it was answered. */
  | 'cancelled'
  /** Nothing goes to the other side until their new key is accepted. */
  | 'identity-changed'
  | 'answered-elsewhere'
  | 'declined-elsewhere'
  /** No microphone, or it was not allowed. */
  | 'no-media'
  /** There is no way through the network, or there is no more. */
  | 'no-connection';

export interface CallView {
  /** In hex. */
  readonly id: string;
  readonly peer: AccountId;
  readonly isOutgoing: boolean;
  readonly withVideo: boolean;
  /** A test call: the peer gives back what it hears, and is no member. */
  readonly isEcho: boolean;
  /** Whoever calls shows another identity key than the known one: it can be accepted after that key was. */
  readonly isIdentityChanged: boolean;
  readonly phase: CallPhase;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly connectedAt?: number;
  readonly endedAt?: number;
  readonly end?: CallEnd;
}
