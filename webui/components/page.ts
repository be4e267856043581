/** `<vant-page heading="Devices" back-href="/#/settings">…</vant-page>`: one page with its heading, as wide as text reads well. */
import { msg } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base, prose, scrollArea } from '../styles/shared.ts';
import './icon-button.ts';

export class Page extends LitElement {
  static override properties = {
    heading: {},
    backHref: { attribute: 'back-href' },
    /** The way back is shown on phones only: elsewhere a list of pages stands beside it. */
    isBeside: { type: Boolean, attribute: 'beside', reflect: true },
    isWide: { type: Boolean, attribute: 'wide', reflect: true },
  };
  static override styles = [
    base,
    prose,
    scrollArea,
    css`
      :host {
        display: flex;
        flex-direction: column;
        height: 100%;
        min-height: 0;
      }
      .header {
        display: flex;
        flex: none;
        align-items: center;
        gap: var(--space-2);
        min-height: var(--header-height);
        padding: 0 var(--space-3);
        border-bottom: 1px solid var(--color-line);
      }
      h1 {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        font-size: var(--text-l);
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      h1:first-child {
        padding-left: var(--space-3);
      }
      main {
        display: contents;
      }
      .body {
        flex: 1;
        min-height: 0;
        padding: var(--space-5) var(--space-5) var(--space-7);
      }
      .column {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-5);
        max-width: var(--page-width);
        margin: 0 auto;
      }
      :host([wide]) .column {
        max-width: 64rem;
      }
      @media (width >= 45rem) {
        :host([beside]) .back {
          display: none;
        }
        :host([beside]) h1 {
          padding-left: var(--space-3);
        }
      }
      @media (width < 45rem) {
        .body {
          padding: var(--space-4) var(--space-4) var(--space-7);
        }
      }
    `,
  ];

  declare heading: string;
  declare backHref: string | undefined;
  declare isBeside: boolean;
  declare isWide: boolean;

  constructor() {
    super();
    this.isBeside = false;
    this.isWide = false;
  }

  protected override render(): TemplateResult {
    const { backHref } = this;
    return html`<main>
      <div class="header">
        ${
          backHref === undefined
            ? nothing
            : html`<vant-icon-button class="back" icon="arrow-left" label=${msg('Back')} href=${backHref}>
              </vant-icon-button>`
        }
        <h1>${this.heading}</h1>
        <slot name="actions"></slot>
      </div>
      <div class="body scroll" tabindex="0" role="group" aria-label=${this.heading}>
        <div class="column"><slot></slot></div>
      </div>
    </main>`;
  }
}

customElements.define('vant-page', Page);
