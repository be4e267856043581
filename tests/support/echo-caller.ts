/** A test call without a browser: what goes to the echo service over WebRTC, and what of it comes back. */
import { Audio, PeerConnection, type Track } from 'node-datachannel';
import type { CallPeer, PeerHandlers, PeerState } from '../../client/calls/call-ports.ts';
import type { CallView } from '../../client/calls/call-view.ts';
import type { NodeMember } from './node-member.ts';
import { openCalls } from './node-calls.ts';

const OPUS = 111;
const SSRC = 4711;
const NAME = 'voice';
/** As browsers do, 50 in a second, each of 960 samples (RFC 7587). */
const PACKET_MS = 20;
const SAMPLES = 960;
const HEADER_BYTES = 12;
const STATES: readonly string[] = ['connecting', 'connected', 'disconnected', 'failed'] satisfies PeerState[];

/** Makes a test call, waits until `count` different packets of sound have come back, and hangs up.
 * @returns the last state of the call, and what the packets held
 * @throws Error when the call ends before, or after the deadline */
export async function hearEcho(
  member: NodeMember,
  count: number,
  deadlineMs: number,
): Promise<{ readonly view: CallView; readonly heard: readonly string[] }> {
  const heard = new Set<string>();
  const [enough, ended] = [Promise.withResolvers<undefined>(), Promise.withResolvers<CallView>()];
  const onSound = (text: string): void => {
    if (heard.add(text).size === count) enough.resolve(undefined);
  };
  const calls = openCalls(
    member,
    async (handlers) => new Voice(handlers, onSound),
    (view) => {
      if (view.phase === 'ended') ended.resolve(view);
    },
  );
  const team = await member.client.team();
  const echo = await team.openEcho();
  const timer = setTimeout(() => calls.manager.hangUp(), deadlineMs);
  try {
    await calls.manager.start(echo, false, true);
    await Promise.race([enough.promise, ended.promise]);
    calls.manager.hangUp();
    const view = await ended.promise;
    if (heard.size < count) throw new Error(`The call ended (${view.end}) after ${heard.size} of ${count} packets.`);
    return { view, heard: [...heard] };
  } finally {
    clearTimeout(timer);
    calls.stop();
    await team.forgetEcho(echo);
  }
}

/** Says texts in packets of sound. Nobody on the way decodes them. */
class Voice implements CallPeer {
  readonly #connection = new PeerConnection(NAME, { iceServers: [], disableAutoNegotiation: true });
  readonly #track: Track;
  readonly #offered = Promise.withResolvers<string>();
  #timer: NodeJS.Timeout | undefined;
  #count = 0;

  constructor(handlers: PeerHandlers, onSound: (text: string) => void) {
    this.#connection.onLocalDescription((sdp) => this.#offered.resolve(sdp));
    this.#connection.onLocalCandidate((candidate, sdpMid) =>
      handlers.onCandidate(JSON.stringify({ candidate, sdpMid })),
    );
    this.#connection.onStateChange((name) => {
      if (STATES.includes(name)) handlers.onState(name as PeerState);
    });
    const audio = new Audio('0', 'SendRecv');
    audio.addOpusCodec(OPUS);
    audio.addSSRC(SSRC, NAME, NAME, NAME);
    this.#track = this.#connection.addTrack(audio);
    this.#track.onOpen(() => (this.#timer = setInterval(() => this.#say(), PACKET_MS)));
    this.#track.onMessage((packet) => {
      if ((packet[1] ?? 0) % 128 === OPUS) onSound(packet.subarray(HEADER_BYTES).toString('utf8'));
    });
  }

  createOffer(): Promise<string> {
    this.#connection.setLocalDescription('offer');
    return this.#offered.promise;
  }

  async acceptAnswer(sdp: string): Promise<void> {
    this.#connection.setRemoteDescription(sdp, 'answer');
  }

  async addCandidate(text: string): Promise<void> {
    const { candidate, sdpMid } = JSON.parse(text) as { candidate: string; sdpMid: string };
    this.#connection.addRemoteCandidate(candidate, sdpMid);
  }

  acceptOffer(): Promise<string> {
    return Promise.reject(new Error('Nobody calls it.'));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#connection.close();
  }

  /** RFC 3550, section 5.1. */
  #say(): void {
    const number = ++this.#count;
    const header = Buffer.alloc(HEADER_BYTES);
    header[0] = 2 << 6;
    header[1] = OPUS;
    header.writeUInt16BE(number, 2);
    header.writeUInt32BE(number * SAMPLES, 4);
    header.writeUInt32BE(SSRC, 8);
    if (this.#track.isOpen()) this.#track.sendMessageBinary(Buffer.concat([header, Buffer.from(`sound ${number}`)]));
  }
}
