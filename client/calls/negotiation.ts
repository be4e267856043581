/** Offers and answers within one call, "perfect negotiation" (W3C WebRTC, 10.7): when both sides offer at once, the side
 * that was called gives way. */
import type { CallPeer } from './call-ports.ts';
import type { CallBody } from './signal-queue.ts';

export class Negotiation {
  readonly #peer: CallPeer;
  readonly #isPolite: boolean;
  readonly #push: (body: CallBody) => void;
  /** One step after the other: a peer connection does not take two at once. */
  #steps: Promise<void> = Promise.resolve();
  #isOffering = false;
  #isRestartWanted = false;
  #hasRemote = false;
  #earlyCandidates: string[] = [];
  /** Candidates of an offer that was ignored belong to nothing. */
  #isIgnoringOffer = false;

  constructor(peer: CallPeer, isPolite: boolean, push: (body: CallBody) => void) {
    this.#peer = peer;
    this.#isPolite = isPolite;
    this.#push = push;
  }

  /** The first offer of a call. */
  begin(withVideo: boolean): Promise<void> {
    return this.#step(async () => {
      this.#isOffering = true;
      const sdp = await this.#peer.createOffer({ isIceRestart: false });
      this.#push({ $case: 'offer', value: { sdp, video: withVideo } });
    });
  }

  /** The answer to the first offer of a call. */
  answer(sdp: string): Promise<void> {
    return this.#step(async () => {
      const answer = await this.#peer.acceptOffer(sdp);
      this.#push({ $case: 'answer', value: { sdp: answer } });
      await this.#setHasRemote();
    });
  }

  /** Asks the other side to agree to a change, or with `isIceRestart` to another way through the network. */
  renegotiate(isIceRestart: boolean): Promise<void> {
    return this.#step(async () => {
      this.#isRestartWanted ||= isIceRestart;
      if (this.#isOffering || !this.#hasRemote) return;
      await this.#offerAgain();
    });
  }

  receiveAnswer(sdp: string): Promise<void> {
    return this.#step(async () => {
      if (!this.#isOffering) return;
      await this.#peer.acceptAnswer(sdp);
      this.#isOffering = false;
      await this.#setHasRemote();
      if (this.#isRestartWanted) await this.#offerAgain();
    });
  }

  receiveOffer(sdp: string): Promise<void> {
    return this.#step(async () => {
      this.#isIgnoringOffer = this.#isOffering && !this.#isPolite;
      if (this.#isIgnoringOffer) return;
      const wasOffering = this.#isOffering;
      const answer = await this.#peer.acceptOffer(sdp);
      this.#isOffering = false;
      this.#push({ $case: 'renegotiation', value: { sdp: answer, answer: true } });
      await this.#setHasRemote();
      // What this side had wanted to change has given way, and is still wanted.
      if (wasOffering) await this.#offerAgain();
    });
  }

  receiveCandidates(candidates: readonly string[]): Promise<void> {
    return this.#step(async () => {
      if (this.#isIgnoringOffer) return;
      if (!this.#hasRemote) this.#earlyCandidates.push(...candidates);
      else await this.#add(candidates);
    });
  }

  async #offerAgain(): Promise<void> {
    const isIceRestart = this.#isRestartWanted;
    this.#isRestartWanted = false;
    this.#isOffering = true;
    const sdp = await this.#peer.createOffer({ isIceRestart });
    this.#push({ $case: 'renegotiation', value: { sdp, answer: false } });
  }

  async #setHasRemote(): Promise<void> {
    this.#hasRemote = true;
    await this.#add(this.#earlyCandidates.splice(0));
  }

  async #add(candidates: readonly string[]): Promise<void> {
    // One that this side cannot use (another address family, a name that does not resolve) is no reason to end the call.
    for (const candidate of candidates) await this.#peer.addCandidate(candidate).catch(() => undefined);
  }

  #step(work: () => Promise<void>): Promise<void> {
    const step = this.#steps.then(work);
    this.#steps = step.catch(() => undefined);
    return step;
  }
}
