/** `<vant-checkbox label="Select">`: on or off, as part of a choice. Gives `input-change` with true or false. */
import { css, html, type TemplateResult } from 'lit';
import { Toggle } from './toggle.ts';

export class Checkbox extends Toggle {
  static override styles = [
    ...Toggle.styles,
    css`
      input {
        display: grid;
        place-items: center;
        width: 1.25rem;
        height: 1.25rem;
        border: 1.5px solid var(--color-line-strong);
        border-radius: var(--radius-s);
        background: var(--color-canvas);
      }
      input:checked {
        border-color: var(--color-accent);
        background: var(--color-accent);
      }
      input:checked::before {
        content: '';
        width: 0.375rem;
        height: 0.6875rem;
        margin-top: -0.15rem;
        border: solid var(--color-on-accent);
        border-width: 0 2px 2px 0;
        transform: rotate(42deg);
      }
    `,
  ];

  protected override render(): TemplateResult {
    return html`<label>${this.renderInput()}${this.renderText()}</label>`;
  }
}

customElements.define('vant-checkbox', Checkbox);
