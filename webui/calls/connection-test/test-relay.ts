/** Whether calls go through a relay: two peer connections of this page, each allowed nothing but this one way to the relay, talk to
 * each other over a data channel. That a candidate was given proves little; that something came back proves the whole way. */

export type RelayOutcome =
  | { readonly kind: 'works'; readonly gatherMs: number; readonly roundTripMs: number }
  /** Nothing answers there: a firewall, or nobody listens; over TLS also a certificate that the browser does not trust. */
  | { readonly kind: 'unreachable' }
  /** @see RFC 8656, 18: 401 (wrong credentials), 486 and 508 (no room). */
  | { readonly kind: 'refused'; readonly code: number }
  /** The relay gives addresses, and what is sent to them does not arrive. */
  | { readonly kind: 'no-data' };

/** Browsers give up on a TURN server that does not answer after 9.5 seconds (RFC 8489, 6.2.1). */
const DEADLINE_MS = 15_000;
const ROUNDS = 5;
/** W3C WebRTC, 4.8.2: the server could not be reached. */
const UNREACHABLE = 701;

/** @param server with one URL */
export async function testRelay(server: RTCIceServer): Promise<RelayOutcome> {
  const configuration: RTCConfiguration = { iceServers: [server], iceTransportPolicy: 'relay' };
  const [a, b] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
  try {
    return await new RelayTest(a, b).run();
  } finally {
    a.close();
    b.close();
  }
}

class RelayTest {
  readonly #a: RTCPeerConnection;
  readonly #b: RTCPeerConnection;
  readonly #startedAt = performance.now();
  readonly #done = Promise.withResolvers<RelayOutcome>();
  readonly #errors = new Set<number>();
  #gatherMs: number | undefined;

  constructor(a: RTCPeerConnection, b: RTCPeerConnection) {
    this.#a = a;
    this.#b = b;
    this.#connect(a, b);
    this.#connect(b, a);
  }

  async run(): Promise<RelayOutcome> {
    const timer = setTimeout(() => this.#done.resolve(this.#explainFailure()), DEADLINE_MS);
    try {
      const channel = this.#a.createDataChannel('test');
      this.#b.addEventListener('datachannel', ({ channel: other }) => {
        other.addEventListener('message', ({ data }: MessageEvent<string>) => other.send(data));
      });
      channel.addEventListener('open', () => this.#measure(channel));
      await this.#a.setLocalDescription();
      await this.#b.setRemoteDescription(described(this.#a));
      await this.#b.setLocalDescription();
      await this.#a.setRemoteDescription(described(this.#b));
      return await this.#done.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #connect(from: RTCPeerConnection, to: RTCPeerConnection): void {
    from.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null || candidate.candidate === '') return;
      this.#gatherMs ??= performance.now() - this.#startedAt;
      // Before the description that it belongs to, it is refused: the description has it in it then.
      void to.addIceCandidate(candidate).catch(() => undefined);
    });
    from.addEventListener('icecandidateerror', ({ errorCode }) => this.#errors.add(errorCode));
    from.addEventListener('icegatheringstatechange', () => {
      const isOver = [this.#a, this.#b].every(({ iceGatheringState }) => iceGatheringState === 'complete');
      // No address from the relay: nothing will come of it.
      if (isOver && this.#gatherMs === undefined) this.#done.resolve(this.#explainFailure());
    });
    from.addEventListener('connectionstatechange', () => {
      if (from.connectionState === 'failed') this.#done.resolve(this.#explainFailure());
    });
  }

  #explainFailure(): RelayOutcome {
    if (this.#gatherMs !== undefined) return { kind: 'no-data' };
    const code = [...this.#errors].find((error) => error !== UNREACHABLE);
    return code === undefined ? { kind: 'unreachable' } : { kind: 'refused', code };
  }

  /** The median of a few round trips, one after the other. */
  #measure(channel: RTCDataChannel): void {
    const times: number[] = [];
    let sentAt = performance.now();
    const send = (): void => {
      sentAt = performance.now();
      channel.send(`${times.length}`);
    };
    channel.addEventListener('message', () => {
      times.push(performance.now() - sentAt);
      if (times.length < ROUNDS) {
        send();
        return;
      }
      const roundTripMs = times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
      this.#done.resolve({ kind: 'works', gatherMs: this.#gatherMs ?? 0, roundTripMs });
    });
    send();
  }
}

function described({ localDescription }: RTCPeerConnection): RTCSessionDescription {
  if (localDescription === null) throw new Error('There is no local description.');
  return localDescription;
}
