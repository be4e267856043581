/** A call's peer connection over the browser's WebRTC. */
import type { CallPeer, PeerHandlers, PeerState } from '../../client/calls/call-ports.ts';

export interface PeerOptions {
  readonly iceServers: readonly RTCIceServer[];
  /** Only through the relay: the other side does not see this device's address. */
  readonly isAlwaysRelayed: boolean;
  readonly microphone: MediaStreamTrack;
  readonly camera: MediaStreamTrack | undefined;
  readonly onRemoteTrack: (track: MediaStreamTrack) => void;
}

const STATES: Readonly<Partial<Record<RTCPeerConnectionState, PeerState>>> = {
  connecting: 'connecting',
  connected: 'connected',
  disconnected: 'disconnected',
  failed: 'failed',
};

export class BrowserPeer implements CallPeer {
  readonly #connection: RTCPeerConnection;
  readonly #microphone: RTCRtpSender;
  #picture: RTCRtpSender | undefined;

  constructor(handlers: PeerHandlers, options: PeerOptions) {
    const connection = new RTCPeerConnection({
      iceServers: [...options.iceServers],
      iceTransportPolicy: options.isAlwaysRelayed ? 'relay' : 'all',
      bundlePolicy: 'max-bundle',
    });
    this.#connection = connection;
    connection.addEventListener('icecandidate', ({ candidate }) => {
      // An empty one says that there are no more; the other side does not need to know.
      if (candidate !== null && candidate.candidate !== '') handlers.onCandidate(JSON.stringify(candidate));
    });
    connection.addEventListener('connectionstatechange', () => {
      const state = STATES[connection.connectionState];
      if (state !== undefined) handlers.onState(state);
    });
    connection.addEventListener('negotiationneeded', () => handlers.onNegotiationNeeded());
    connection.addEventListener('track', ({ track }) => options.onRemoteTrack(track));
    this.#microphone = connection.addTrack(options.microphone);
    if (options.camera !== undefined) this.#picture = connection.addTrack(options.camera);
  }

  async createOffer({ isIceRestart }: { readonly isIceRestart: boolean }): Promise<string> {
    await this.#connection.setLocalDescription(await this.#connection.createOffer({ iceRestart: isIceRestart }));
    return this.#localSdp();
  }

  async acceptOffer(sdp: string): Promise<string> {
    // Withdraws an own offer that is not answered yet (W3C WebRTC, "implicit rollback").
    await this.#connection.setRemoteDescription({ type: 'offer', sdp });
    await this.#connection.setLocalDescription();
    return this.#localSdp();
  }

  async acceptAnswer(sdp: string): Promise<void> {
    await this.#connection.setRemoteDescription({ type: 'answer', sdp });
  }

  async addCandidate(candidate: string): Promise<void> {
    await this.#connection.addIceCandidate(JSON.parse(candidate) as RTCIceCandidateInit);
  }

  async replaceMicrophone(track: MediaStreamTrack): Promise<void> {
    await this.#microphone.replaceTrack(track);
  }

  /** Camera or screen, or neither. Only the first time has to be agreed with the other side. */
  async showPicture(track: MediaStreamTrack | undefined): Promise<void> {
    if (this.#picture !== undefined) await this.#picture.replaceTrack(track ?? null);
    else if (track !== undefined) this.#picture = this.#connection.addTrack(track);
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  close(): void {
    this.#connection.close();
  }

  #localSdp(): string {
    const sdp = this.#connection.localDescription?.sdp;
    if (sdp === undefined) throw new Error('There is no local description.');
    return sdp;
  }
}
