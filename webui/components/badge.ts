/** `<vant-badge>3</vant-badge>`: a small count or word. Say in `label` what it counts. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base } from '../styles/shared.ts';

export class Badge extends LitElement {
  static override properties = { label: {}, tone: { reflect: true } };
  static override styles = [
    base,
    css`
      :host {
        display: inline-flex;
        flex: none;
      }
      span {
        min-width: 1.25rem;
        padding: 0 0.375rem;
        border-radius: var(--radius-full);
        font-size: var(--text-xs);
        font-weight: var(--weight-bold);
        line-height: 1.25rem;
        text-align: center;
        font-variant-numeric: tabular-nums;
        color: var(--color-on-badge);
        background: var(--color-badge);
      }
      :host([tone='quiet']) span {
        color: var(--color-text-soft);
        background: var(--color-pressed);
      }
      :host([tone='good']) span {
        color: var(--color-success-text);
        background: var(--color-success-soft);
      }
      :host([tone='warning']) span {
        color: var(--color-warning-text);
        background: var(--color-warning-soft);
      }
      :host([tone='danger']) span {
        color: var(--color-danger-text);
        background: var(--color-danger-soft);
      }
    `,
  ];

  declare label: string | undefined;
  declare tone: 'accent' | 'quiet' | 'good' | 'warning' | 'danger';

  constructor() {
    super();
    this.tone = 'accent';
  }

  protected override render(): TemplateResult {
    return html`<span role=${this.label === undefined ? nothing : 'img'} aria-label=${this.label ?? nothing}
      ><slot></slot
    ></span>`;
  }
}

customElements.define('vant-badge', Badge);
