type Listener = (message: Buffer) => void;

/** SSUBSCRIBE takes many channels; this many at once keep a single reply small. */
const BATCH_SIZE = 1_000;

/** The channels that should be subscribed, whatever happens to sockets. */
export class SubscriptionTable {
  readonly #listeners = new Map<string, Listener>();
  #standing = Promise.withResolvers<undefined>();
  #hasStood = false;

  /** One function for all channels, so that the library keeps no closure for each. */
  readonly dispatch = (message: Buffer, channel: Buffer): void => {
    this.#listeners.get(channel.toString())?.(message);
  };

  set(channel: string, listener: Listener): void {
    this.#listeners.set(channel, listener);
  }

  delete(channel: string): void {
    this.#listeners.delete(channel);
  }

  /** Resolves when the channel is subscribed, or is not wanted any more. */
  async whenStanding(channel: string): Promise<void> {
    if (this.#listeners.has(channel)) await this.#standing.promise;
  }

  channels(): string[] {
    return [...this.#listeners.keys()];
  }

  *batches(): Iterable<string[]> {
    const channels = this.channels();
    for (let start = 0; start < channels.length; start += BATCH_SIZE) yield channels.slice(start, start + BATCH_SIZE);
  }

  /** @returns whether an interruption ends with this, so that messages may be lost. */
  markStanding(): boolean {
    const isAgain = this.#hasStood;
    this.#hasStood = true;
    this.#standing.resolve(undefined);
    return isAgain;
  }

  markInterrupted(): void {
    this.#standing = Promise.withResolvers<undefined>();
  }
}
