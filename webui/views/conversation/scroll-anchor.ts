/** Keeps what is read in its place while the timeline around it changes. The browser's own anchoring is off: not all have it,
 * and none knows that a reader at the end wants to stay at the end. */

/** So near to the end counts as being there. */
const END_SLACK_PX = 48;

export class ScrollAnchor {
  readonly #scroller: HTMLElement;
  #key: string | undefined;
  #offset = 0;
  isAtEnd = true;

  constructor(scroller: HTMLElement) {
    this.#scroller = scroller;
  }

  /** Remembers what is at the top now. To be called when the reader has scrolled, and before the content changes. */
  remember(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    if (clientHeight === 0) return;
    this.isAtEnd = scrollHeight - scrollTop - clientHeight < END_SLACK_PX;
    const line = this.#firstSeen();
    this.#key = line?.dataset['key'];
    this.#offset = line === undefined ? 0 : line.offsetTop - scrollTop;
  }

  /** Puts it back there after the content, or the room for it, has changed. */
  restore(): void {
    if (this.isAtEnd) {
      this.#scroller.scrollTop = this.#scroller.scrollHeight;
      return;
    }
    const line = this.#key === undefined ? undefined : this.find(this.#key);
    if (line !== undefined) this.#scroller.scrollTop = line.offsetTop - this.#offset;
  }

  find(key: string): HTMLElement | undefined {
    return this.#scroller.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? undefined;
  }

  /** The line at the bottom that is seen as a whole, or nearly. */
  lastSeen(): HTMLElement | undefined {
    const bottom = this.#scroller.scrollTop + this.#scroller.clientHeight + END_SLACK_PX / 2;
    return this.#lines().findLast((line) => line.offsetTop + line.offsetHeight <= bottom);
  }

  #firstSeen(): HTMLElement | undefined {
    const top = this.#scroller.scrollTop;
    const lines = this.#lines();
    let low = 0;
    let high = lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const line = lines[middle];
      if (line !== undefined && line.offsetTop + line.offsetHeight <= top) low = middle + 1;
      else high = middle;
    }
    // A message stays; the heading of a day may go.
    return lines.slice(low).find((line) => line.dataset['key']?.includes('/')) ?? lines[low];
  }

  #lines(): HTMLElement[] {
    return [...this.#scroller.querySelectorAll<HTMLElement>('[data-key]')];
  }
}
