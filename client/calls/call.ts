/** One call with one member, from the first ring to the end. */
import { decodeHex } from '../../wire/encoding.ts';
import { CallHangupReason, type CallHangup, type CallMessage, type CallOffer } from '../../wire/generated/content.ts';
import type { AccountId } from '../../wire/ids.ts';
import type { CallPeer, CallPorts, PeerState } from './call-ports.ts';
import type { CallEnd, CallPhase, CallView } from './call-view.ts';
import { Negotiation } from './negotiation.ts';
import { SignalQueue, type CallBody } from './signal-queue.ts';

/** How long it rings; Signal rings for a minute, too. */
const RING_MS = 60_000;
/** The one who is called waits a little longer, for the caller's word that it is over. */
const INCOMING_MS = RING_MS + 10_000;
/** After it was answered, or lost, this long to find a way through the network. */
const CONNECT_MS = 30_000;
/** A short gap mends itself; after this a new way is looked for. */
const GAP_MS = 2500;

export interface CallDescription {
  /** In hex. */
  readonly id: string;
  readonly peer: AccountId;
  readonly isOutgoing: boolean;
  readonly withVideo: boolean;
  readonly isEcho: boolean;
  readonly isIdentityChanged: boolean;
}

export class Call {
  readonly #ports: CallPorts;
  readonly #onChange: (view: CallView) => void;
  readonly #signals: SignalQueue;
  #view: CallView;
  #peer: CallPeer | undefined;
  #negotiation: Negotiation | undefined;
  /** What came before it was answered here. */
  #offer: string | undefined;
  #earlyCandidates: string[] = [];
  /** The device at the other side; 0 until one has answered. */
  #peerDevice = 0;
  #cancelDeadline: () => void = () => undefined;
  #cancelGap: () => void = () => undefined;

  constructor(ports: CallPorts, description: CallDescription, onChange: (view: CallView) => void) {
    this.#ports = ports;
    this.#onChange = onChange;
    const phase: CallPhase = description.isOutgoing ? 'calling' : 'incoming';
    this.#view = { ...description, phase, startedAt: ports.clock.now() };
    this.#signals = new SignalQueue((body) => this.#transmit(body), ports.clock);
  }

  get view(): CallView {
    return this.#view;
  }

  get isOver(): boolean {
    return this.#view.phase === 'ended';
  }

  /** Caller: asks for the microphone and rings. */
  async ring(): Promise<void> {
    this.#setDeadline(RING_MS, 'no-answer');
    const negotiation = await this.#openPeer();
    await negotiation?.begin(this.#view.withVideo).catch(() => this.end('no-connection'));
  }

  /** Called: rings here. Also with a second copy of the same offer. */
  receiveOffer(offer: CallOffer, fromDevice: number): void {
    if (this.#offer !== undefined) return;
    this.#offer = offer.sdp;
    this.#peerDevice = fromDevice;
    this.#setDeadline(INCOMING_MS, 'no-answer');
    if (!this.#view.isIdentityChanged) this.#signals.push({ $case: 'ringing', value: {} });
  }

  async accept(): Promise<void> {
    const offer = this.#offer;
    if (this.#view.phase !== 'incoming' || offer === undefined || this.#view.isIdentityChanged) return;
    this.#change({ phase: 'connecting' });
    this.#tellOwnDevices(CallHangupReason.ANSWERED_ELSEWHERE);
    this.#setDeadline(CONNECT_MS, 'no-connection');
    const negotiation = await this.#openPeer();
    if (negotiation === undefined) return;
    await negotiation.answer(offer).catch(() => this.end('no-connection'));
    await negotiation.receiveCandidates(this.#earlyCandidates.splice(0));
  }

  acceptIdentity(): void {
    if (!this.#view.isIdentityChanged || this.isOver) return;
    this.#change({ isIdentityChanged: false });
    this.#signals.push({ $case: 'ringing', value: {} });
  }

  decline(): void {
    if (this.#view.phase !== 'incoming') return;
    this.#tellOwnDevices(CallHangupReason.DECLINED);
    this.end('declined');
  }

  hangUp(): void {
    if (this.#view.phase === 'incoming') this.decline();
    else this.end(this.#view.phase === 'calling' || this.#view.phase === 'ringing' ? 'cancelled' : 'finished');
  }

  /** The network of this device has changed: look for a new way at once. */
  networkChanged(): void {
    if (this.#view.connectedAt !== undefined && !this.isOver) void this.#restart();
  }

  /** A message of this call from the other side. */
  receive({ body }: CallMessage, fromDevice: number): void {
    if (this.isOver || body === undefined) return;
    if (body.$case === 'answer') {
      this.#receiveAnswer(body.value.sdp, fromDevice);
      return;
    }
    // After one device has answered, the others of that account have no say.
    if (this.#peerDevice !== 0 && this.#peerDevice !== fromDevice && body.$case !== 'hangup') return;
    this.#receiveFromPeer(body, fromDevice);
  }

  /** Ends it here and says so to the other side, unless the other side said it. */
  end(end: CallEnd, isTold = false): void {
    if (this.isOver) return;
    const { phase, isOutgoing, isEcho } = this.#view;
    this.#cancelDeadline();
    this.#cancelGap();
    this.#peer?.close();
    const wasUnanswered = isOutgoing && !isEcho && (phase === 'calling' || phase === 'ringing');
    // Nothing goes to a key that is not accepted.
    this.#signals.close(isTold || this.#view.isIdentityChanged ? undefined : hangupFor(end));
    this.#change({ phase: 'ended', end, endedAt: this.#ports.clock.now() });
    if (wasUnanswered && (end === 'no-answer' || end === 'cancelled')) void this.#leaveNotice();
  }

  #receiveFromPeer(body: CallBody, fromDevice: number): void {
    switch (body.$case) {
      case 'ringing':
        if (this.#view.phase === 'calling') this.#change({ phase: 'ringing' });
        return;
      case 'busy':
        if (this.#isUnanswered()) this.end('busy', true);
        return;
      case 'candidates':
        if (this.#negotiation === undefined) this.#earlyCandidates.push(...body.value.candidates);
        else void this.#negotiation.receiveCandidates(body.value.candidates);
        return;
      case 'renegotiation':
        void this.#renegotiate(body.value.sdp, body.value.answer);
        return;
      case 'hangup':
        this.#receiveHangup(body.value, fromDevice);
        return;
      default:
        return;
    }
  }

  #receiveAnswer(sdp: string, fromDevice: number): void {
    if (!this.#isUnanswered()) {
      // Two devices of the other side were faster than the word that one has answered.
      if (fromDevice !== this.#peerDevice) this.#refuseSecondAnswer(fromDevice);
      return;
    }
    this.#peerDevice = fromDevice;
    this.#change({ phase: 'connecting' });
    this.#setDeadline(CONNECT_MS, 'no-connection');
    void this.#negotiation?.receiveAnswer(sdp).catch(() => this.end('no-connection'));
  }

  #receiveHangup({ reason, answeredDevice }: CallHangup, fromDevice: number): void {
    const isFromPeer = this.#peerDevice === 0 || this.#peerDevice === fromDevice;
    if (reason === CallHangupReason.ANSWERED_ELSEWHERE) {
      if (answeredDevice !== this.#ports.self.deviceId) this.end('answered-elsewhere', true);
    } else if (isFromPeer) {
      this.end(this.#endFor(reason), true);
    }
  }

  #endFor(reason: CallHangupReason): CallEnd {
    if (reason === CallHangupReason.DECLINED) return 'declined';
    if (reason === CallHangupReason.NO_ANSWER) return 'no-answer';
    if (reason === CallHangupReason.FAILED) return 'no-connection';
    return this.#view.phase === 'incoming' ? 'cancelled' : 'finished';
  }

  async #openPeer(): Promise<Negotiation | undefined> {
    const { isOutgoing, withVideo } = this.#view;
    let peer: CallPeer;
    try {
      peer = await this.#ports.createPeer(
        {
          onCandidate: (candidate) => this.#signals.push({ $case: 'candidates', value: { candidates: [candidate] } }),
          onState: (state) => this.#onPeerState(state),
          onNegotiationNeeded: () => void this.#negotiation?.renegotiate(false),
        },
        { withVideo },
      );
    } catch {
      this.end('no-media');
      return undefined;
    }
    // It may have ended while the person was asked for the microphone.
    if (this.isOver) {
      peer.close();
      return undefined;
    }
    this.#peer = peer;
    this.#negotiation = new Negotiation(peer, !isOutgoing, (body) => this.#signals.push(body));
    return this.#negotiation;
  }

  #onPeerState(state: PeerState): void {
    if (this.isOver) return;
    this.#cancelGap();
    if (state === 'connected') {
      this.#cancelDeadline();
      this.#change({ phase: 'connected', connectedAt: this.#view.connectedAt ?? this.#ports.clock.now() });
    } else if (this.#view.connectedAt !== undefined && state !== 'connecting') {
      this.#reconnect(state);
    } else if (state === 'failed') {
      this.end('no-connection');
    }
  }

  #reconnect(state: 'disconnected' | 'failed'): void {
    if (this.#view.phase !== 'reconnecting') {
      this.#change({ phase: 'reconnecting' });
      this.#setDeadline(CONNECT_MS, 'no-connection');
    }
    this.#cancelGap = this.#ports.clock.setTimer(state === 'failed' ? 0 : GAP_MS, () => void this.#restart());
  }

  async #restart(): Promise<void> {
    await this.#negotiation?.renegotiate(true).catch(() => this.end('no-connection'));
  }

  async #renegotiate(sdp: string, isAnswer: boolean): Promise<void> {
    const step = isAnswer ? this.#negotiation?.receiveAnswer(sdp) : this.#negotiation?.receiveOffer(sdp);
    // A change that cannot be agreed on leaves the call as it was.
    await step?.catch(() => undefined);
  }

  #isUnanswered(): boolean {
    return this.#view.isOutgoing && this.#peerDevice === 0;
  }

  /** So that all devices of the other side show that they were called, whenever they come back. */
  async #leaveNotice(): Promise<void> {
    const reason = CallHangupReason.NO_ANSWER;
    const value = { reason, answeredDevice: 0, video: this.#view.withVideo };
    await this.#ports.sendDurably(this.#view.peer, this.#message({ $case: 'hangup', value }, 0));
  }

  #refuseSecondAnswer(device: number): void {
    const reason = CallHangupReason.ANSWERED_ELSEWHERE;
    const value = { reason, answeredDevice: this.#peerDevice, video: false };
    void this.#ports.send(this.#view.peer, this.#message({ $case: 'hangup', value }, device)).catch(() => false);
  }

  #tellOwnDevices(reason: CallHangupReason): void {
    const { accountId, deviceId } = this.#ports.self;
    const value = { reason, answeredDevice: deviceId, video: false };
    void this.#ports.send(accountId, this.#message({ $case: 'hangup', value }, 0)).catch(() => false);
  }

  #transmit(body: CallBody): Promise<boolean> {
    // An offer is for all; later messages of the caller, too, until one device has answered.
    return this.#ports.send(this.#view.peer, this.#message(body, this.#peerDevice));
  }

  #message(body: CallBody, destinationDevice: number): CallMessage {
    return { callId: decodeHex(this.#view.id), destinationDevice, body };
  }

  #setDeadline(ms: number, end: CallEnd): void {
    this.#cancelDeadline();
    this.#cancelDeadline = this.#ports.clock.setTimer(ms, () => this.end(end));
  }

  #change(change: Partial<CallView>): void {
    this.#view = { ...this.#view, ...change };
    this.#onChange(this.#view);
  }
}

function hangupFor(end: CallEnd): CallBody {
  return { $case: 'hangup', value: { reason: reasonFor(end), answeredDevice: 0, video: false } };
}

function reasonFor(end: CallEnd): CallHangupReason {
  if (end === 'declined') return CallHangupReason.DECLINED;
  if (end === 'no-media' || end === 'no-connection') return CallHangupReason.FAILED;
  return CallHangupReason.ENDED;
}
