/** What fields have in common: a label, a help text, an error, and a part in the form around them, though their own input is
 * inside a shadow root. */
import { html, LitElement, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit';
import { base, field, focusRing } from '../styles/shared.ts';

type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export abstract class FormControl extends LitElement {
  static readonly formAssociated = true;
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override properties: PropertyDeclarations = {
    name: {},
    label: {},
    value: {},
    help: {},
    /** What is wrong, in words. */
    error: {},
    placeholder: {},
    isRequired: { type: Boolean, attribute: 'required' },
    isDisabled: { type: Boolean, attribute: 'disabled', reflect: true },
    /** The label is there for screen readers only. */
    isLabelHidden: { type: Boolean, attribute: 'label-hidden' },
  };
  static override styles = [base, focusRing, field];

  declare name: string;
  declare label: string;
  declare value: string;
  declare help: string | undefined;
  declare error: string | undefined;
  declare placeholder: string | undefined;
  declare isRequired: boolean;
  declare isDisabled: boolean;
  declare isLabelHidden: boolean;
  readonly #internals = this.attachInternals();

  constructor() {
    super();
    this.name = '';
    this.label = '';
    this.value = '';
    this.isRequired = false;
    this.isDisabled = false;
    this.isLabelHidden = false;
  }

  protected abstract renderInput(): TemplateResult;

  get form(): HTMLFormElement | null {
    return this.#internals.form;
  }

  protected get input(): Input | null {
    return this.renderRoot.querySelector<Input>('#input');
  }

  /** Marks all that is written, so that the next key replaces it. */
  select(): void {
    if (this.input !== null && 'select' in this.input) this.input.select();
  }

  formResetCallback(): void {
    this.value = this.getAttribute('value') ?? '';
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('value') || changed.has('isRequired')) this.#report();
  }

  protected override render(): TemplateResult {
    return html`<div class="field">
      ${this.isLabelHidden ? nothing : html`<label for="input">${this.label}</label>`} ${this.renderInput()}
      ${this.help === undefined ? nothing : html`<span class="help" id="help">${this.help}</span>`}
      ${this.error === undefined ? nothing : html`<span class="error" id="error" role="alert">${this.error}</span>`}
    </div>`;
  }

  /** For `aria-describedby` of the input. */
  protected get describedBy(): string | typeof nothing {
    const ids = [this.help === undefined ? '' : 'help', this.error === undefined ? '' : 'error'].filter(Boolean);
    return ids.length === 0 ? nothing : ids.join(' ');
  }

  protected get hiddenLabel(): string | typeof nothing {
    return this.isLabelHidden ? this.label : nothing;
  }

  protected onInput = (event: Event): void => {
    this.value = (event.target as Input).value;
    this.#report();
    this.dispatchEvent(new CustomEvent('input-change', { detail: this.value, bubbles: true, composed: true }));
  };

  /** Enter in a field sends its form: that does not come through a shadow root by itself. */
  protected onEnter = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.isComposing) this.form?.requestSubmit();
  };

  #report(): void {
    const { input } = this;
    this.#internals.setFormValue(this.value);
    if (input === null) return;
    this.#internals.setValidity(input.validity, input.validationMessage || ' ', input);
  }
}
