/** `<vant-section heading="Lock">rows</vant-section>`: what belongs together on a page, in a frame; `hint` says what it means. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base, prose } from '../styles/shared.ts';

export class Section extends LitElement {
  static override properties = { heading: {}, hint: {}, isPlain: { type: Boolean, attribute: 'plain', reflect: true } };
  static override styles = [
    base,
    prose,
    css`
      :host {
        display: block;
      }
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
      }
      h2 {
        padding: 0 var(--space-1);
        font-size: var(--text-m);
      }
      .hint {
        padding: 0 var(--space-1);
        font-size: var(--text-s);
        color: var(--color-text-soft);
      }
      .frame {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        border: 1px solid var(--color-line);
        border-radius: var(--radius-l);
        background: var(--color-raised);
      }
      :host([plain]) .frame {
        gap: var(--space-3);
        border: 0;
        background: transparent;
      }
      ::slotted(*:not(:last-child)) {
        border-bottom: 1px solid var(--color-line);
      }
      :host([plain]) ::slotted(*) {
        border-bottom: 0;
      }
    `,
  ];

  declare heading: string | undefined;
  declare hint: string | undefined;
  declare isPlain: boolean;

  constructor() {
    super();
    this.isPlain = false;
  }

  protected override render(): TemplateResult {
    return html`<section aria-label=${this.heading ?? nothing}>
      ${this.heading === undefined ? nothing : html`<h2>${this.heading}</h2>`}
      <div class="frame"><slot></slot></div>
      ${this.hint === undefined ? nothing : html`<p class="hint">${this.hint}</p>`}
    </section>`;
  }
}

customElements.define('vant-section', Section);
