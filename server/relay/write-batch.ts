import type { Duplex } from 'node:stream';

/** Gathers what is written to sockets during one turn of the event loop, so that each socket costs one system call however
 * many frames it gets. At full speed most of the relay's time would otherwise go into system calls. */
export class WriteBatch {
  #corked: Duplex[] = [];
  readonly #flush = (): void => {
    const corked = this.#corked;
    this.#corked = [];
    for (const stream of corked) stream.uncork();
  };

  /** What is written to the stream from now on leaves at the end of this turn. */
  hold(stream: Duplex): void {
    if (stream.writableCorked > 0) return;
    stream.cork();
    // After the promises of this turn: answers of Redis that came together are handled together.
    if (this.#corked.push(stream) === 1) process.nextTick(this.#flush);
  }
}
