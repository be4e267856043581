/** `<vant-list-item href="…" heading="Devices" detail="2 linked">`: a line of a list that leads somewhere (`href`), does something
 * (`is-action`) or only shows. Slots: `start`, `end`. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base, focusRing } from '../styles/shared.ts';
import type { IconName } from './icon-shapes.ts';
import './icon.ts';

export class ListItem extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override properties = {
    heading: {},
    detail: {},
    icon: {},
    href: {},
    isAction: { type: Boolean, attribute: 'is-action' },
    isCurrent: { type: Boolean, attribute: 'current' },
    isDanger: { type: Boolean, attribute: 'danger', reflect: true },
  };
  static override styles = [
    base,
    focusRing,
    css`
      :host {
        display: block;
      }
      .item {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        width: 100%;
        min-height: 3rem;
        padding: var(--space-2) var(--space-3);
        border: 0;
        border-radius: var(--radius-m);
        font: inherit;
        text-align: start;
        text-decoration: none;
        color: inherit;
        background: none;
      }
      a,
      button {
        cursor: pointer;
        outline-offset: -2px;
      }
      :is(a, button):hover {
        background: var(--color-hover);
      }
      .item[aria-current='page'] {
        background: var(--color-selected);
      }
      .text {
        flex: 1;
        min-width: 0;
        display: grid;
      }
      .detail {
        font-size: var(--text-s);
        color: var(--color-text-faint);
        overflow-wrap: anywhere;
      }
      .item[aria-current='page'] .detail {
        color: var(--color-text-soft);
      }
      .icon {
        color: var(--color-text-soft);
      }
      :host([danger]) .heading,
      :host([danger]) .icon {
        color: var(--color-danger-text);
      }
      .chevron {
        font-size: 0.875rem;
        color: var(--color-text-faint);
      }
    `,
  ];

  declare heading: string;
  declare detail: string | undefined;
  declare icon: IconName | undefined;
  declare href: string | undefined;
  declare isAction: boolean;
  declare isCurrent: boolean;
  declare isDanger: boolean;

  protected override render(): TemplateResult {
    const content = html`<slot name="start"
        >${this.icon === undefined ? nothing : html`<vant-icon class="icon" name=${this.icon}></vant-icon>`}</slot
      >
      <span class="text">
        <span class="heading">${this.heading}</span>
        ${this.detail === undefined ? nothing : html`<span class="detail">${this.detail}</span>`}
      </span>
      <slot name="end"></slot>`;
    if (this.href !== undefined)
      return html`<a class="item" href=${this.href} aria-current=${this.isCurrent ? 'page' : nothing}
        >${content}<vant-icon class="chevron" name="chevron-right"></vant-icon
      ></a>`;
    if (this.isAction) return html`<button class="item" type="button">${content}</button>`;
    return html`<div class="item">${content}</div>`;
  }
}

customElements.define('vant-list-item', ListItem);
