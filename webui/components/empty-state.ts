/** `<vant-empty-state icon="search" heading="Nothing found">What can be done.</vant-empty-state>`; buttons in `slot="actions"`. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base, prose } from '../styles/shared.ts';
import type { IconName } from './icon-shapes.ts';
import './icon.ts';

export class EmptyState extends LitElement {
  static override properties = { icon: {}, heading: {} };
  static override styles = [
    base,
    prose,
    css`
      :host {
        display: grid;
        justify-items: center;
        align-content: center;
        gap: var(--space-2);
        padding: var(--space-6) var(--space-5);
        text-align: center;
        color: var(--color-text-soft);
      }
      .disc {
        display: grid;
        place-items: center;
        width: 3.5rem;
        height: 3.5rem;
        margin-bottom: var(--space-2);
        border-radius: var(--radius-full);
        font-size: 1.25rem;
        color: var(--color-accent-text);
        background: var(--color-accent-soft);
      }
      h2 {
        color: var(--color-text);
      }
      .text {
        max-width: 26rem;
        text-wrap: balance;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: var(--space-2);
        margin-top: var(--space-3);
      }
    `,
  ];

  declare icon: IconName | undefined;
  declare heading: string;

  protected override render(): TemplateResult {
    return html`${this.icon === undefined ? nothing : html`<div class="disc"><vant-icon name=${this.icon}></vant-icon></div>`}
      <h2>${this.heading}</h2>
      <div class="text"><slot></slot></div>
      <div class="actions"><slot name="actions"></slot></div>`;
  }
}

customElements.define('vant-empty-state', EmptyState);
