/** The peer connection of a test call, by libdatachannel: gives back the Opus packets that come, as they come. It never decodes
 * them, and holds none. */
import { Audio, PeerConnection, RtcpReceivingSession, Video, type Track } from 'node-datachannel';
import { randomInt } from 'node:crypto';
import type { CallPeer, PeerHandlers, PeerState } from '../../client/calls/call-ports.ts';
import { parseOfferedMedia, type OfferedMedia } from './offered-media.ts';
import { parseCandidate } from './candidate.ts';
import { PacketBudget } from './packet-budget.ts';
import type { RelayBridge } from './relay-bridge.ts';
import { reflectPacket } from './rtp.ts';

const OPUS_PARAMETERS = 'minptime=10;useinbandfec=1';
const STREAM = 'echo';
const STATES: Readonly<Record<string, PeerState>> = {
  connecting: 'connecting',
  connected: 'connected',
  disconnected: 'disconnected',
  failed: 'failed',
};

export class EchoPeer implements CallPeer {
  readonly #connection: PeerConnection;
  readonly #mids = new Set<string>();
  #answered = Promise.withResolvers<string>();

  readonly #handlers: PeerHandlers;
  readonly #relay: RelayBridge | undefined;

  constructor(handlers: PeerHandlers, relay: RelayBridge | undefined) {
    const connection = new PeerConnection(STREAM, { iceServers: [], disableAutoNegotiation: true });
    this.#handlers = handlers;
    this.#relay = relay;
    this.#connection = connection;
    connection.onLocalDescription((sdp) => this.#answered.resolve(sdp));
    connection.onLocalCandidate((candidate, sdpMid) => this.#tellCandidate(candidate, sdpMid));
    connection.onStateChange((name) => {
      const state = STATES[name];
      if (state !== undefined) handlers.onState(state);
    });
  }

  /** It is called, and has nothing to change. */
  createOffer(): Promise<string> {
    return Promise.reject(new Error('The echo service offers nothing.'));
  }

  async acceptOffer(sdp: string): Promise<string> {
    const media = parseOfferedMedia(sdp);
    if (!media.some(({ kind, opus }) => kind === 'audio' && opus !== undefined)) throw new Error('There is no Opus.');
    this.#answered = Promise.withResolvers<string>();
    for (const one of media) this.#addTrack(one);
    this.#connection.setRemoteDescription(sdp, 'offer');
    this.#connection.setLocalDescription('answer');
    const answer = await this.#answered.promise;
    if (this.#relay !== undefined) this.#tell(this.#relay.candidate, media[0]?.mid ?? '');
    return answer;
  }

  acceptAnswer(): Promise<void> {
    return Promise.reject(new Error('The echo service offers nothing.'));
  }

  async addCandidate(candidate: string): Promise<void> {
    const init = JSON.parse(candidate) as { candidate?: string; sdpMid?: string | null };
    this.#connection.addRemoteCandidate(init.candidate ?? '', init.sdpMid ?? '0');
    const { address, family } = parseCandidate(init.candidate ?? '') ?? {};
    if (address !== undefined && family === 4) await this.#relay?.allow(address);
  }

  close(): void {
    this.#connection.close();
    this.#relay?.close();
  }

  #tellCandidate(candidate: string, mid: string): void {
    const { family, port } = parseCandidate(candidate) ?? {};
    if (family === 4 && port !== undefined) this.#relay?.setLocalPort(port);
    this.#tell(candidate, mid);
  }

  #tell(candidate: string, sdpMid: string): void {
    this.#handlers.onCandidate(JSON.stringify({ candidate, sdpMid }));
  }

  /** Before the offer is taken, so that the answer says what is here and not what libdatachannel makes of the offer. */
  #addTrack({ kind, mid, opus }: OfferedMedia): void {
    if (this.#mids.has(mid)) return;
    this.#mids.add(mid);
    if (kind === 'audio' && opus !== undefined) this.#addEcho(mid, opus);
    // Pictures are refused: to send them back whole would need more than packets.
    else this.#connection.addTrack(new Video(mid, 'Inactive'));
  }

  #addEcho(mid: string, opus: number): void {
    const ssrc = randomInt(1, 0xffff_ffff);
    const audio = new Audio(mid, 'SendRecv');
    audio.addOpusCodec(opus, OPUS_PARAMETERS);
    audio.addSSRC(ssrc, STREAM, STREAM, STREAM);
    const track = this.#connection.addTrack(audio);
    // Tells the sender what arrives (RTCP receiver reports).
    track.setMediaHandler(new RtcpReceivingSession());
    reflect(track, opus, ssrc);
  }
}

function reflect(track: Track, opus: number, ssrc: number): void {
  const budget = new PacketBudget();
  track.onMessage((packet) => {
    const reflected = reflectPacket(packet, opus, ssrc);
    if (reflected === undefined || !track.isOpen() || !budget.take(performance.now())) return;
    track.sendMessageBinary(Buffer.from(reflected.buffer));
  });
}
