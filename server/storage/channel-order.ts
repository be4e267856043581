/** Lets only one subscribe or unsubscribe of a channel be under way; the next one starts when it is answered.
 *
 * The library cannot tell which of several is answered: a subscribe that is asked for between the answers to "subscribe" and
 * "unsubscribe" resolves at once, as if the channel were subscribed, and then the unsubscribe ends it. A device that changes
 * between nodes does just that. */
export class ChannelOrder {
  /** Only of channels where something is under way. None of them rejects. */
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `step` when the steps of this channel before it have ended, well or not; at once when there are none. */
  run(channel: string, step: () => Promise<void>): Promise<void> {
    const result = this.#last.get(channel)?.then(step) ?? step();
    const ended = () => {
      if (this.#last.get(channel) === last) this.#last.delete(channel);
    };
    const last: Promise<void> = result.then(ended, ended);
    this.#last.set(channel, last);
    return result;
  }
}
