/** What a call needs from the place that it runs in: a way to the other side, and the browser's peer connection. */
import type { CallMessage } from '../../wire/generated/content.ts';
import type { AccountId, DeviceId } from '../../wire/ids.ts';
import type { ClockPort, RandomPort } from '../ports.ts';

/** `disconnected` may mend itself; `failed` needs an ICE restart (W3C WebRTC, RTCPeerConnectionState). */
export type PeerState = 'connecting' | 'connected' | 'disconnected' | 'failed';

export interface PeerHandlers {
  /** An RTCIceCandidate as JSON, to be brought to the other side. */
  onCandidate(candidate: string): void;
  onState(state: PeerState): void;
  /** Something was added or taken away that the other side has to agree to. */
  onNegotiationNeeded(): void;
}

/** One peer connection with its microphone. SDP as in RFC 8866. */
export interface CallPeer {
  /** Sets the offer as local description. */
  createOffer(options: { readonly isIceRestart: boolean }): Promise<string>;
  /** Takes an offer, withdrawing an own one that is not answered yet, and sets the answer as local description. */
  acceptOffer(sdp: string): Promise<string>;
  acceptAnswer(sdp: string): Promise<void>;
  addCandidate(candidate: string): Promise<void>;
  close(): void;
}

export interface CallPorts {
  readonly self: { readonly accountId: AccountId; readonly deviceId: DeviceId };
  readonly clock: ClockPort;
  readonly random: RandomPort;
  /** To all devices of the account that are there within a minute. False when it could not be sent now. */
  send(recipient: AccountId, message: CallMessage): Promise<boolean>;
  /** Reaches devices that are away, too. */
  sendDurably(recipient: AccountId, message: CallMessage): Promise<void>;
  /** Rejects when there is no microphone or the person has not allowed it. */
  createPeer(handlers: PeerHandlers, options: { readonly withVideo: boolean }): Promise<CallPeer>;
  /** Whether another tab of this browser is in a call. */
  isInCallElsewhere(): Promise<boolean>;
}
