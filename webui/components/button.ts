/** `<vant-button>Text</vant-button>`: does something. In a form, `type="submit"` sends it. With `href` it is a link. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base, focusRing } from '../styles/shared.ts';
import type { IconName } from './icon-shapes.ts';
import './icon.ts';
import './spinner.ts';

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger';

export class Button extends LitElement {
  static readonly formAssociated = true;
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override properties = {
    variant: { reflect: true },
    type: {},
    icon: {},
    href: {},
    /** In place of the text, for screen readers. */
    label: {},
    isDisabled: { type: Boolean, attribute: 'disabled', reflect: true },
    /** Shows that it works, and takes no second click. */
    isBusy: { type: Boolean, attribute: 'busy', reflect: true },
    isWide: { type: Boolean, attribute: 'wide', reflect: true },
  };
  static override styles = [
    base,
    focusRing,
    css`
      :host {
        display: inline-flex;
        vertical-align: middle;
      }
      :host([wide]) {
        display: flex;
      }
      .button {
        flex: 1;
        display: inline-flex;
        align-items: center;
        justify-content: center;
        gap: var(--space-2);
        min-height: var(--target);
        padding: 0 var(--space-4);
        border: 0;
        border-radius: var(--radius-m);
        font: inherit;
        font-weight: var(--weight-medium);
        text-decoration: none;
        color: var(--color-text);
        background: var(--color-field);
        cursor: pointer;
        user-select: none;
        transition:
          background var(--duration-fast),
          transform var(--duration-fast) var(--ease);
      }
      .button:hover {
        background: color-mix(in srgb, var(--color-field), var(--color-text) 6%);
      }
      .button:active {
        transform: scale(0.98);
      }
      :host([variant='primary']) .button {
        color: var(--color-on-accent);
        background: var(--color-accent);
      }
      :host([variant='primary']) .button:hover {
        background: var(--color-accent-hover);
      }
      :host([variant='danger']) .button {
        color: var(--color-on-danger);
        background: var(--color-danger);
      }
      :host([variant='danger']) .button:hover {
        background: var(--color-danger-hover);
      }
      :host([variant='quiet']) .button {
        color: var(--color-accent-text);
        background: transparent;
      }
      :host([variant='quiet']) .button:hover {
        background: var(--color-hover);
      }
      :host([disabled]) .button {
        opacity: 0.5;
        cursor: default;
        transform: none;
      }
      :host([busy]) .button {
        cursor: progress;
      }
    `,
  ];

  declare variant: ButtonVariant;
  declare type: 'button' | 'submit' | 'reset';
  declare icon: IconName | undefined;
  declare href: string | undefined;
  declare label: string | undefined;
  declare isDisabled: boolean;
  declare isBusy: boolean;
  declare isWide: boolean;
  readonly #internals = this.attachInternals();

  constructor() {
    super();
    this.variant = 'secondary';
    this.type = 'button';
    this.isDisabled = false;
    this.isBusy = false;
    this.isWide = false;
  }

  protected override render(): TemplateResult {
    const content = html`${this.#renderStart()}<slot></slot>`;
    if (this.href !== undefined)
      return html`<a class="button" href=${this.href} aria-label=${this.label ?? nothing}>${content}</a>`;
    return html`<button
      class="button"
      type="button"
      aria-label=${this.label ?? nothing}
      aria-busy=${this.isBusy ? 'true' : nothing}
      ?disabled=${this.isDisabled}
      @click=${this.#onClick}
    >
      ${content}
    </button>`;
  }

  #renderStart(): TemplateResult | typeof nothing {
    if (this.isBusy) return html`<vant-spinner></vant-spinner>`;
    return this.icon === undefined ? nothing : html`<vant-icon name=${this.icon}></vant-icon>`;
  }

  /** A button inside a shadow root has no part in the form outside. */
  #onClick = (event: Event): void => {
    if (this.isBusy) {
      event.stopPropagation();
      return;
    }
    if (this.type === 'submit') this.#internals.form?.requestSubmit();
    if (this.type === 'reset') this.#internals.form?.reset();
  };
}

customElements.define('vant-button', Button);
