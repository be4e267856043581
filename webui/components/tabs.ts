/** `<vant-tabs label="Who" .items=${[{ value, label }]} value="a" @input-change=${…}>`: one of few views. With `variant="segmented"`
 * it is a choice (radio buttons), for settings such as light, dark, system. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base, focusRing } from '../styles/shared.ts';
import type { IconName } from './icon-shapes.ts';
import './icon.ts';

export interface TabItem {
  readonly value: string;
  readonly label: string;
  readonly icon?: IconName;
}

export class Tabs extends LitElement {
  static override properties = { label: {}, items: { attribute: false }, value: {}, variant: { reflect: true } };
  static override styles = [
    base,
    focusRing,
    css`
      :host {
        display: block;
      }
      .tabs {
        display: flex;
        gap: var(--space-1);
        border-bottom: 1px solid var(--color-line);
        overflow-x: auto;
        scrollbar-width: none;
      }
      button {
        display: inline-flex;
        align-items: center;
        justify-content: center;
        gap: var(--space-2);
        min-height: var(--target);
        padding: 0 var(--space-3);
        border: 0;
        border-bottom: 2px solid transparent;
        margin-bottom: -1px;
        font: inherit;
        font-weight: var(--weight-medium);
        white-space: nowrap;
        color: var(--color-text-soft);
        background: none;
        cursor: pointer;
        outline-offset: -2px;
        border-radius: var(--radius-s) var(--radius-s) 0 0;
      }
      button:hover {
        color: var(--color-text);
      }
      button[aria-selected='true'] {
        color: var(--color-accent-text);
        border-bottom-color: var(--color-accent);
      }
      :host([variant='segmented']) .tabs {
        gap: 2px;
        padding: 3px;
        border: 0;
        border-radius: var(--radius-m);
        background: var(--color-field);
      }
      :host([variant='segmented']) button {
        flex: 1;
        min-height: 2rem;
        margin: 0;
        border: 0;
        border-radius: calc(var(--radius-m) - 3px);
      }
      :host([variant='segmented']) button[aria-checked='true'] {
        color: var(--color-text);
        background: light-dark(#ffffff, #3b4247);
        box-shadow: var(--shadow-1);
      }
    `,
  ];

  declare label: string;
  declare items: readonly TabItem[];
  declare value: string;
  declare variant: 'tabs' | 'segmented';

  constructor() {
    super();
    this.items = [];
    this.value = '';
    this.variant = 'tabs';
  }

  protected override render(): TemplateResult {
    const isChoice = this.variant === 'segmented';
    return html`<div
      class="tabs"
      role=${isChoice ? 'radiogroup' : 'tablist'}
      aria-label=${this.label}
      @keydown=${this.#onKey}
    >
      ${this.items.map(({ value, label, icon }) => {
        const isChosen = value === this.value;
        return html`<button
          type="button"
          role=${isChoice ? 'radio' : 'tab'}
          aria-checked=${isChoice ? String(isChosen) : nothing}
          aria-selected=${isChoice ? nothing : String(isChosen)}
          tabindex=${isChosen ? 0 : -1}
          @click=${() => this.#choose(value)}
        >
          ${icon === undefined ? nothing : html`<vant-icon name=${icon}></vant-icon>`}${label}
        </button>`;
      })}
    </div>`;
  }

  #choose(value: string): void {
    if (value === this.value) return;
    this.value = value;
    this.dispatchEvent(new CustomEvent('input-change', { detail: value, bubbles: true, composed: true }));
  }

  #onKey = (event: KeyboardEvent): void => {
    const at = this.items.findIndex(({ value }) => value === this.value);
    const target = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: -1 }[
      event.key
    ];
    const item = target === undefined ? undefined : this.items.at(target % this.items.length);
    if (item === undefined) return;
    event.preventDefault();
    this.#choose(item.value);
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('[tabindex="0"]')?.focus());
  };
}

customElements.define('vant-tabs', Tabs);
