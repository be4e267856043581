/** How many packets a second go back: Opus makes 50, or 100 with the shortest frames that browsers use. */

const PACKETS_PER_SECOND = 120;

export class PacketBudget {
  #second = 0;
  #used = 0;

  /** @param now in ms. @returns whether one more may go */
  take(now: number): boolean {
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#used = 0;
    }
    return ++this.#used <= PACKETS_PER_SECOND;
  }
}
