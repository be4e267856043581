/** `<vant-icon-button icon="search" label="Search">`: a button that shows an icon; its label is read out and shown on hover. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base, focusRing } from '../styles/shared.ts';
import type { IconName } from './icon-shapes.ts';
import './icon.ts';
import './tooltip.ts';

export class IconButton extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override properties = {
    icon: {},
    label: {},
    href: {},
    size: { reflect: true },
    variant: { reflect: true },
    /** For a button that stays down: `true` or `false`. */
    pressed: {},
    /** For a button that opens something: `menu`, `dialog`, `listbox`. */
    popup: {},
    isExpanded: { type: Boolean, attribute: 'expanded' },
    isDisabled: { type: Boolean, attribute: 'disabled', reflect: true },
  };
  static override styles = [
    base,
    focusRing,
    css`
      :host {
        display: inline-flex;
        flex: none;
      }
      .button {
        display: grid;
        place-items: center;
        width: var(--target);
        height: var(--target);
        padding: 0;
        border: 0;
        border-radius: var(--radius-full);
        font-size: var(--text-m);
        color: var(--color-text-soft);
        background: transparent;
        cursor: pointer;
        transition: background var(--duration-fast);
      }
      :host([size='small']) .button {
        width: 2rem;
        height: 2rem;
        font-size: var(--text-s);
      }
      .button:hover {
        color: var(--color-text);
        background: var(--color-hover);
      }
      .button:active,
      .button[aria-expanded='true'],
      .button[aria-pressed='true'] {
        color: var(--color-text);
        background: var(--color-pressed);
      }
      :host([variant='primary']) .button {
        color: var(--color-on-accent);
        background: var(--color-accent);
      }
      :host([variant='primary']) .button:hover {
        background: var(--color-accent-hover);
      }
      :host([disabled]) .button {
        opacity: 0.45;
        cursor: default;
      }
    `,
  ];

  declare icon: IconName;
  declare label: string;
  declare href: string | undefined;
  declare size: 'small' | 'normal';
  declare variant: 'quiet' | 'primary';
  declare pressed: 'true' | 'false' | undefined;
  declare popup: 'menu' | 'dialog' | 'listbox' | undefined;
  declare isExpanded: boolean;
  declare isDisabled: boolean;

  constructor() {
    super();
    this.size = 'normal';
    this.variant = 'quiet';
    this.isExpanded = false;
    this.isDisabled = false;
  }

  protected override render(): TemplateResult {
    const icon = html`<vant-icon name=${this.icon}></vant-icon>`;
    const control =
      this.href !== undefined
        ? html`<a class="button" href=${this.href} aria-label=${this.label}>${icon}</a>`
        : html`<button
            class="button"
            type="button"
            aria-label=${this.label}
            aria-pressed=${this.pressed ?? nothing}
            aria-haspopup=${this.popup ?? nothing}
            aria-expanded=${this.popup === undefined ? nothing : String(this.isExpanded)}
            ?disabled=${this.isDisabled}
          >
            ${icon}
          </button>`;
    return html`<vant-tooltip text=${this.label}>${control}</vant-tooltip>`;
  }
}

customElements.define('vant-icon-button', IconButton);
