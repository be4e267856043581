/** `<vant-list-heading>Pinned</vant-list-heading>`: between the lines of a list. */
import { css, html, LitElement, type TemplateResult } from 'lit';
import { base } from '../styles/shared.ts';

export class ListHeading extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        align-items: end;
        height: 100%;
        padding: 0 var(--space-3) var(--space-1) var(--space-2);
        font-size: var(--text-xs);
        font-weight: var(--weight-bold);
        color: var(--color-text-faint);
      }
    `,
  ];

  protected override render(): TemplateResult {
    return html`<slot></slot>`;
  }
}

customElements.define('vant-list-heading', ListHeading);
