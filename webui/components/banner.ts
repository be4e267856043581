/** `<vant-banner tone="warning">Text</vant-banner>`: something to know about the whole page. Buttons in `slot="actions"`. */
import { css, html, LitElement, type TemplateResult } from 'lit';
import { base } from '../styles/shared.ts';
import type { IconName } from './icon-shapes.ts';
import './icon.ts';

export type Tone = 'info' | 'good' | 'warning' | 'danger';

const ICONS: Readonly<Record<Tone, IconName>> = {
  info: 'info',
  good: 'circle-check',
  warning: 'triangle-alert',
  danger: 'circle-alert',
};

export class Banner extends LitElement {
  static override properties = { tone: { reflect: true }, icon: {} };
  static override styles = [
    base,
    css`
      :host {
        display: block;
        font-size: var(--text-s);
        line-height: var(--leading);
      }
      .banner {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-3);
        padding: var(--space-3) var(--space-4);
        border-radius: var(--radius-m);
        color: var(--color-text);
        background: var(--color-accent-soft);
      }
      vant-icon {
        font-size: 1rem;
        color: var(--color-accent-text);
      }
      .text {
        flex: 1 1 12rem;
      }
      /* Where they have a line of their own, too. */
      ::slotted(vant-button:first-of-type) {
        margin-inline-start: auto;
      }
      :host([tone='good']) .banner {
        background: var(--color-success-soft);
      }
      :host([tone='good']) vant-icon {
        color: var(--color-success-text);
      }
      :host([tone='warning']) .banner {
        background: var(--color-warning-soft);
      }
      :host([tone='warning']) vant-icon {
        color: var(--color-warning-text);
      }
      :host([tone='danger']) .banner {
        background: var(--color-danger-soft);
      }
      :host([tone='danger']) vant-icon {
        color: var(--color-danger-text);
      }
    `,
  ];

  declare tone: Tone;
  declare icon: IconName | undefined;

  constructor() {
    super();
    this.tone = 'info';
  }

  protected override render(): TemplateResult {
    return html`<div class="banner" role=${this.tone === 'danger' ? 'alert' : 'status'}>
      <vant-icon name=${this.icon ?? ICONS[this.tone]}></vant-icon>
      <div class="text"><slot></slot></div>
      <slot name="actions"></slot>
    </div>`;
  }
}

customElements.define('vant-banner', Banner);
