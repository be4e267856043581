/** `<vant-tooltip text="Search"><button>…</button></vant-tooltip>`: shows the text while the mouse rests on what is in it, or the
 * keyboard has it. The text is for the eye; whoever listens hears the control's own label. */
import { css, html, LitElement, type TemplateResult } from 'lit';
import { base } from '../styles/shared.ts';
import { placeBeside } from './place.ts';

const REST_MS = 500;

export class Tooltip extends LitElement {
  static override properties = { text: {} };
  static override styles = [
    base,
    css`
      :host {
        display: contents;
      }
      .tip {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: var(--space-1) var(--space-2);
        max-width: 18rem;
        border: 0;
        border-radius: var(--radius-s);
        font: var(--text-xs) / var(--leading) var(--font);
        color: var(--color-canvas);
        background: var(--color-text);
        box-shadow: var(--shadow-2);
        pointer-events: none;
      }
    `,
  ];

  declare text: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override render(): TemplateResult {
    return html`<slot
        @pointerenter=${this.#onEnter}
        @pointerleave=${this.#hide}
        @pointerdown=${this.#hide}
        @focusin=${this.#onFocus}
        @focusout=${this.#hide}
        @keydown=${this.#onKey}
      ></slot>
      <div class="tip" popover="manual" aria-hidden="true">${this.text}</div>`;
  }

  #onEnter = (event: PointerEvent): void => {
    if (event.pointerType !== 'mouse') return;
    this.#timer = setTimeout(this.#show, REST_MS);
  };

  #onFocus = (event: FocusEvent): void => {
    if ((event.target as Element).matches(':focus-visible')) this.#show();
  };

  #onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.#hide();
  };

  #show = (): void => {
    const anchor = this.firstElementChild;
    const tip = this.renderRoot.querySelector<HTMLElement>('.tip');
    if (anchor === null || tip === null || this.text === '' || !this.isConnected) return;
    tip.showPopover();
    placeBeside(tip, anchor.getBoundingClientRect(), { align: 'center', gapPx: 6 });
  };

  #hide = (): void => {
    clearTimeout(this.#timer);
    const tip = this.renderRoot.querySelector<HTMLElement>('.tip');
    if (tip?.matches(':popover-open') === true) tip.hidePopover();
  };
}

customElements.define('vant-tooltip', Tooltip);
