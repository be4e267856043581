/** `<vant-textarea label="Description">`: several lines to write; grows with them. Gives `input-change` with the text. */
import { css, html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { FormControl } from './form-control.ts';

export class Textarea extends FormControl {
  static override properties: PropertyDeclarations = {
    rows: { type: Number },
    maxLength: { type: Number, attribute: 'maxlength' },
  };
  static override styles = [
    ...FormControl.styles,
    css`
      textarea {
        padding: var(--space-2) var(--space-3);
        max-height: 40vh;
        line-height: var(--leading);
        resize: none;
        field-sizing: content;
      }
    `,
  ];

  declare rows: number;
  declare maxLength: number | undefined;

  constructor() {
    super();
    this.rows = 3;
  }

  protected override renderInput(): TemplateResult {
    return html`<textarea
      id="input"
      rows=${this.rows}
      .value=${live(this.value)}
      placeholder=${this.placeholder ?? nothing}
      maxlength=${this.maxLength ?? nothing}
      aria-label=${this.hiddenLabel}
      aria-invalid=${this.error === undefined ? nothing : 'true'}
      aria-describedby=${this.describedBy}
      ?required=${this.isRequired}
      ?disabled=${this.isDisabled}
      @input=${this.onInput}
    ></textarea>`;
  }
}

customElements.define('vant-textarea', Textarea);
