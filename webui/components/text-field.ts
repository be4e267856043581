/** `<vant-text-field label="Name" name="name">`: one line to write. Gives `input-change` with the text. */
import { css, html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { FormControl } from './form-control.ts';
import type { IconName } from './icon-shapes.ts';
import './icon.ts';

export class TextField extends FormControl {
  static override properties: PropertyDeclarations = {
    type: {},
    autocomplete: {},
    keyboard: {},
    maxLength: { type: Number, attribute: 'maxlength' },
    icon: {},
    isReadOnly: { type: Boolean, attribute: 'readonly' },
  };
  static override styles = [
    ...FormControl.styles,
    css`
      .input {
        position: relative;
        display: grid;
        align-items: center;
      }
      vant-icon {
        position: absolute;
        left: var(--space-3);
        color: var(--color-text-faint);
        pointer-events: none;
      }
      vant-icon + input {
        padding-left: calc(var(--space-3) * 2 + 1.25em);
      }
      input::-webkit-search-cancel-button {
        display: none;
      }
    `,
  ];

  declare type: 'text' | 'search' | 'password' | 'url' | 'email' | 'number' | 'time';
  declare autocomplete: AutoFill | undefined;
  /** Which keys a phone offers, as in `inputmode`. */
  declare keyboard: string | undefined;
  declare maxLength: number | undefined;
  declare icon: IconName | undefined;
  declare isReadOnly: boolean;

  constructor() {
    super();
    this.type = 'text';
    this.isReadOnly = false;
  }

  protected override renderInput(): TemplateResult {
    const { icon, maxLength, autocomplete } = this;
    return html`<div class="input">
      ${icon === undefined ? nothing : html`<vant-icon name=${icon}></vant-icon>`}
      <input
        id="input"
        type=${this.type}
        .value=${live(this.value)}
        placeholder=${this.placeholder ?? nothing}
        autocomplete=${autocomplete ?? 'off'}
        inputmode=${this.keyboard ?? nothing}
        maxlength=${maxLength ?? nothing}
        aria-label=${this.hiddenLabel}
        aria-invalid=${this.error === undefined ? nothing : 'true'}
        aria-describedby=${this.describedBy}
        ?required=${this.isRequired}
        ?disabled=${this.isDisabled}
        ?readonly=${this.isReadOnly}
        @input=${this.onInput}
        @keydown=${this.onEnter}
      />
    </div>`;
  }
}

customElements.define('vant-text-field', TextField);
