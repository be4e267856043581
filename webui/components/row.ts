/** `<vant-row heading="Language" detail="As the browser says">control</vant-row>`: one line of a section, its control at the end. With
 * `href` the whole line is a link. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base, focusRing } from '../styles/shared.ts';
import type { IconName } from './icon-shapes.ts';
import './icon.ts';

export class Row extends LitElement {
  static override properties = {
    heading: {},
    detail: {},
    icon: {},
    href: {},
    /** The control goes below the text, and is as wide as the row. */
    isStacked: { type: Boolean, attribute: 'stacked', reflect: true },
  };
  static override styles = [
    base,
    focusRing,
    css`
      :host {
        display: block;
      }
      .row {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        min-height: 3.5rem;
        padding: var(--space-3) var(--space-4);
        color: inherit;
        text-decoration: none;
      }
      a.row {
        border-radius: var(--radius-l);
      }
      a.row:hover {
        background: var(--color-hover);
      }
      :host([stacked]) .row {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
      }
      .text {
        flex: 1;
        min-width: 0;
      }
      .heading {
        overflow-wrap: anywhere;
      }
      .detail {
        font-size: var(--text-s);
        color: var(--color-text-soft);
        overflow-wrap: anywhere;
      }
      .control {
        display: flex;
        flex: none;
        flex-wrap: wrap;
        align-items: center;
        justify-content: flex-end;
        gap: var(--space-2);
        max-width: 100%;
      }
      :host([stacked]) .control {
        display: block;
      }
      vant-icon {
        color: var(--color-text-soft);
      }
      @media (width < 30rem) {
        div.row {
          flex-wrap: wrap;
        }
        .text {
          flex: 1 1 12rem;
        }
      }
    `,
  ];

  declare heading: string;
  declare detail: string | undefined;
  declare icon: IconName | undefined;
  declare href: string | undefined;
  declare isStacked: boolean;

  constructor() {
    super();
    this.isStacked = false;
  }

  protected override render(): TemplateResult {
    const content = html`<slot name="start"></slot>
      ${this.icon === undefined ? nothing : html`<vant-icon name=${this.icon}></vant-icon>`}
      <div class="text">
        <div class="heading">${this.heading} <slot name="beside"></slot></div>
        ${this.detail === undefined ? nothing : html`<div class="detail">${this.detail}</div>`}
      </div>
      <div class="control"><slot></slot></div>`;
    if (this.href === undefined) return html`<div class="row">${content}</div>`;
    return html`<a class="row" href=${this.href}>${content}<vant-icon name="chevron-right"></vant-icon></a>`;
  }
}

customElements.define('vant-row', Row);
