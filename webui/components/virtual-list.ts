/** A long list of which only what is seen is in the page. Heights are known beforehand, so nothing is measured. One stop for
 * Tab; the arrow keys go from line to line. */
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';

import { base, scrollArea } from '../styles/shared.ts';
import { styleProperties } from '../styles/style-properties.ts';

export interface VirtualItem {
  readonly key: string;
  /** In rem, so that lines grow with the reader's text. */
  readonly height: number;
  /** Headings are not stopped at. */
  readonly isHeading?: boolean;
  /** `isStop`: Tab comes here. The element has to take the focus when it is given `focus()`. */
  render(isStop: boolean): TemplateResult;
}

/** Beyond each end of what is seen, in rem. */
const OVERSCAN = 20;

export class VirtualList extends LitElement {
  static override properties = {
    items: { attribute: false },
    label: {},
    /** Key of the line that is chosen: Tab comes there. */
    current: {},
    first: { state: true },
    last: { state: true },
    focused: { state: true },
  };
  static override styles = [
    base,
    scrollArea,
    css`
      :host {
        display: block;
        min-height: 0;
      }
      .scroll {
        height: 100%;
        padding: var(--space-1) var(--space-2) var(--space-4);
      }
      .line {
        overflow: clip;
        overflow-clip-margin: 4px;
      }
    `,
  ];

  declare items: readonly VirtualItem[];
  declare label: string;
  declare current: string | undefined;
  declare first: number;
  declare last: number;
  declare focused: string | undefined;
  #starts: number[] = [];
  #rem = 16;
  readonly #resize = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.items = [];
    this.first = 0;
    this.last = 40;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    this.#resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
  }

  /** Into view, when it is not. */
  reveal(key: string): void {
    const index = this.items.findIndex((item) => item.key === key);
    const scroller = this.#scroller;
    const item = this.items[index];
    if (scroller === null || item === undefined) return;
    const top = (this.#starts[index] ?? 0) * this.#rem;
    const bottom = top + item.height * this.#rem;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight;
    this.#measure();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('items')) return;
    let start = 0;
    this.#starts = this.items.map(({ height }) => (start += height) - height);
    this.#starts.push(start);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('items')) this.#measure();
  }

  protected override render(): TemplateResult {
    const shown = this.items.slice(this.first, this.last);
    const total = this.#starts.at(-1) ?? 0;
    const above = this.#starts[Math.min(this.first, this.items.length)] ?? 0;
    const below = total - (this.#starts[Math.min(this.last, this.items.length)] ?? total);
    const stop = this.#stopKey();
    return html`<div
      class="scroll"
      role="list"
      aria-label=${this.label}
      @scroll=${this.#measure}
      @keydown=${this.#onKey}
    >
      <div role="presentation" style=${styleProperties({ height: `${above}rem` })}></div>
      ${repeat(
        shown,
        ({ key }) => key,
        (item, index) =>
          html`<div
            class="line"
            role="listitem"
            aria-setsize=${this.items.length}
            aria-posinset=${this.first + index + 1}
            data-key=${item.key}
            style=${styleProperties({ height: `${item.height}rem` })}
            @focusin=${() => (this.focused = item.key)}
          >
            ${item.render(item.key === stop)}
          </div>`,
      )}
      <div role="presentation" style=${styleProperties({ height: `${below}rem` })}></div>
    </div>`;
  }

  get #scroller(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.scroll');
  }

  #stopKey(): string | undefined {
    const stops = this.items.filter(({ isHeading }) => isHeading !== true);
    const isThere = (key: string | undefined): boolean => stops.some((item) => item.key === key);
    if (isThere(this.focused)) return this.focused;
    return isThere(this.current) ? this.current : stops[0]?.key;
  }

  #measure = (): void => {
    const scroller = this.#scroller;
    if (scroller === null) return;
    const top = scroller.scrollTop / this.#rem - OVERSCAN;
    const bottom = (scroller.scrollTop + (scroller.clientHeight || innerHeight)) / this.#rem + OVERSCAN;
    const after = (value: number): number => {
      const found = this.#starts.findIndex((start) => start > value);
      return found < 0 ? this.items.length : found;
    };
    this.first = Math.max(0, after(top) - 1);
    this.last = Math.min(this.items.length, after(bottom));
  };

  #onKey = (event: KeyboardEvent): void => {
    const direction = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (direction === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    const stops = this.items.filter(({ isHeading }) => isHeading !== true);
    const at = stops.findIndex(({ key }) => key === this.focused);
    const next = stops[Math.max(0, Math.min(stops.length - 1, at + direction))];
    if (next === undefined) return;
    event.preventDefault();
    this.reveal(next.key);
    void this.updateComplete.then(() => this.focusLine(next.key));
  };

  focusLine(key: string): void {
    const line = this.renderRoot.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    (line?.firstElementChild as HTMLElement | null)?.focus();
  }
}

customElements.define('vant-virtual-list', VirtualList);
