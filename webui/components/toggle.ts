/** What a checkbox and a switch have in common: on or off, with a label, as part of a form. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { base, focusRing } from '../styles/shared.ts';

export abstract class Toggle extends LitElement {
  static readonly formAssociated = true;
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override properties = {
    name: {},
    label: {},
    help: {},
    isChecked: { type: Boolean, attribute: 'checked' },
    isDisabled: { type: Boolean, attribute: 'disabled', reflect: true },
    isLabelHidden: { type: Boolean, attribute: 'label-hidden' },
  };
  static override styles = [
    base,
    focusRing,
    css`
      :host {
        display: block;
      }
      label {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        min-height: var(--target);
        cursor: pointer;
      }
      .text {
        flex: 1;
        display: grid;
      }
      .help {
        font-size: var(--text-s);
        color: var(--color-text-faint);
      }
      input {
        appearance: none;
        flex: none;
        margin: 0;
        cursor: inherit;
      }
      :host([disabled]) label {
        opacity: 0.5;
        cursor: default;
      }
    `,
  ];

  declare name: string;
  declare label: string;
  declare help: string | undefined;
  declare isChecked: boolean;
  declare isDisabled: boolean;
  declare isLabelHidden: boolean;
  readonly #internals = this.attachInternals();

  constructor() {
    super();
    this.name = '';
    this.label = '';
    this.isChecked = false;
    this.isDisabled = false;
    this.isLabelHidden = false;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('isChecked')) this.#internals.setFormValue(this.isChecked ? 'on' : null);
  }

  protected renderInput(role?: 'switch'): TemplateResult {
    return html`<input
      type="checkbox"
      role=${role ?? nothing}
      .checked=${live(this.isChecked)}
      ?disabled=${this.isDisabled}
      aria-label=${this.isLabelHidden ? this.label : nothing}
      aria-describedby=${this.help === undefined ? nothing : 'help'}
      @change=${this.#onChange}
    />`;
  }

  protected renderText(): TemplateResult | typeof nothing {
    if (this.isLabelHidden) return nothing;
    return html`<span class="text"
      ><span>${this.label}</span
      >${this.help === undefined ? nothing : html`<span class="help" id="help">${this.help}</span>`}</span
    >`;
  }

  #onChange = (event: Event): void => {
    this.isChecked = (event.target as HTMLInputElement).checked;
    this.dispatchEvent(new CustomEvent('input-change', { detail: this.isChecked, bubbles: true, composed: true }));
  };
}
