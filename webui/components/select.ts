/** `<vant-select label="Role" .options=${[{ value: 'member', label: 'Member' }]} value="member">`: one of several; the system's
 * own list. Gives `input-change` with the value. */
import { css, html, type PropertyDeclarations, type TemplateResult } from 'lit';
import { FormControl } from './form-control.ts';
import './icon.ts';

export interface SelectOption {
  readonly value: string;
  readonly label: string;
}

export class Select extends FormControl {
  static override properties: PropertyDeclarations = { options: { attribute: false } };
  static override styles = [
    ...FormControl.styles,
    css`
      .input {
        position: relative;
        display: grid;
        align-items: center;
      }
      select {
        appearance: none;
        padding-right: var(--space-6);
        cursor: pointer;
        text-overflow: ellipsis;
      }
      option {
        color: var(--color-text);
        background: var(--color-raised);
      }
      vant-icon {
        position: absolute;
        right: var(--space-3);
        color: var(--color-text-soft);
        pointer-events: none;
      }
    `,
  ];

  declare options: readonly SelectOption[];

  constructor() {
    super();
    this.options = [];
  }

  protected override renderInput(): TemplateResult {
    return html`<div class="input">
      <select
        id="input"
        aria-label=${this.hiddenLabel}
        aria-describedby=${this.describedBy}
        ?required=${this.isRequired}
        ?disabled=${this.isDisabled}
        @change=${this.onInput}
      >
        ${this.options.map(
          ({ value, label }) =>
            html`<option value=${value} ?selected=${value === this.value} .selected=${value === this.value}>
              ${label}
            </option>`,
        )}
      </select>
      <vant-icon name="chevron-down"></vant-icon>
    </div>`;
  }
}

customElements.define('vant-select', Select);
