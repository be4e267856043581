/** `<vant-delivery-mark status="read" label="Read">`: how far an own message has come. */
import { css, html, LitElement, type TemplateResult } from 'lit';
import type { IconName } from './icon-shapes.ts';
import './icon.ts';

export type DeliveryStatus = 'queued' | 'sent' | 'delivered' | 'read' | 'failed';

const ICONS: Readonly<Record<DeliveryStatus, IconName>> = {
  queued: 'clock',
  sent: 'check',
  delivered: 'check-check',
  read: 'check-check',
  failed: 'circle-alert',
};

export class DeliveryMark extends LitElement {
  static override properties = { status: { reflect: true }, label: {} };
  static override styles = css`
    :host {
      display: inline-flex;
      flex: none;
      font-size: 0.8125rem;
    }
    :host([status='read']) {
      color: var(--delivery-read, var(--color-accent-text));
    }
    :host([status='failed']) {
      color: var(--color-danger-text);
    }
  `;

  declare status: DeliveryStatus;
  declare label: string;

  protected override render(): TemplateResult {
    return html`<span role="img" aria-label=${this.label}><vant-icon name=${ICONS[this.status]}></vant-icon></span>`;
  }
}

customElements.define('vant-delivery-mark', DeliveryMark);
