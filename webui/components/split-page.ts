/** `<vant-split-page heading="Settings" .entries=${…}>page</vant-split-page>`: a list of pages beside the chosen one; on a phone one
 * or the other. */
import { msg } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base, focusRing, prose, scrollArea } from '../styles/shared.ts';
import type { IconName } from './icon-shapes.ts';
import './icon.ts';
import './icon-button.ts';

export interface PageEntry {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
  readonly isCurrent: boolean;
  /** Begins a new group of entries. */
  readonly startsGroup?: boolean;
}

export class SplitPage extends LitElement {
  static override properties = {
    heading: {},
    backHref: { attribute: 'back-href' },
    entries: { attribute: false },
    /** On a phone: the page, not the list. */
    isOpen: { type: Boolean, attribute: 'open', reflect: true },
    isNarrow: { state: true },
  };
  static override styles = [
    base,
    focusRing,
    prose,
    scrollArea,
    css`
      :host {
        display: grid;
        grid-template-columns: var(--sidebar-width) minmax(0, 1fr);
        height: 100%;
      }
      .list {
        display: flex;
        flex-direction: column;
        min-height: 0;
        border-right: 1px solid var(--color-line);
        background: var(--color-sidebar);
      }
      .header {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        min-height: var(--header-height);
        padding: 0 var(--space-3);
      }
      ul {
        margin: 0;
        padding: 0 var(--space-2) var(--space-4);
        list-style: none;
      }
      li.group {
        margin-top: var(--space-2);
        padding-top: var(--space-2);
        border-top: 1px solid var(--color-line);
      }
      a {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        min-height: 2.75rem;
        padding: 0 var(--space-3);
        border-radius: var(--radius-m);
        text-decoration: none;
        color: var(--color-text);
      }
      a:hover {
        background: var(--color-hover);
      }
      a[aria-current] {
        background: var(--color-selected);
        font-weight: var(--weight-medium);
      }
      a vant-icon {
        color: var(--color-text-soft);
      }
      .lead {
        padding: 0 var(--space-2) var(--space-2);
      }
      nav {
        display: contents;
      }
      .page {
        min-width: 0;
        height: 100%;
        min-height: 0;
      }
      @media (width < 45rem) {
        :host {
          grid-template-columns: minmax(0, 1fr);
        }
        .list {
          border-right: 0;
          background: var(--color-canvas);
        }
        :host([open]) .list,
        :host(:not([open])) .page {
          display: none;
        }
        a {
          min-height: 3.25rem;
        }
        a[aria-current] {
          background: transparent;
        }
      }
    `,
  ];

  declare heading: string;
  declare backHref: string;
  declare entries: readonly PageEntry[];
  declare isOpen: boolean;
  declare isNarrow: boolean;
  readonly #narrow = matchMedia('(width < 45rem)');

  constructor() {
    super();
    this.entries = [];
    this.isOpen = false;
    this.isNarrow = this.#narrow.matches;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#narrow.addEventListener('change', this.#onWidth);
    this.#onWidth();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#narrow.removeEventListener('change', this.#onWidth);
  }

  protected override render(): TemplateResult {
    // Alone in the window, the list is the page.
    return html`<div class="list" role=${this.isNarrow && !this.isOpen ? 'main' : nothing}>
        <nav aria-label=${this.heading}>
          <div class="header">
            <vant-icon-button icon="arrow-left" label=${msg('Back')} href=${this.backHref}></vant-icon-button>
            <h1>${this.heading}</h1>
          </div>
          <div class="scroll">
            <div class="lead"><slot name="lead"></slot></div>
            <ul>
              ${this.entries.map((entry) => this.#renderEntry(entry))}
            </ul>
          </div>
        </nav>
      </div>
      <div class="page"><slot></slot></div>`;
  }

  readonly #onWidth = (): void => {
    this.isNarrow = this.#narrow.matches;
  };

  #renderEntry({ href, label, icon, isCurrent, startsGroup }: PageEntry): TemplateResult {
    return html`<li class=${startsGroup === true ? 'group' : ''}>
      <a href=${href} aria-current=${isCurrent ? 'page' : nothing}><vant-icon name=${icon}></vant-icon>${label}</a>
    </li>`;
  }
}

customElements.define('vant-split-page', SplitPage);
