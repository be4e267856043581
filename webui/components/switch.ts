/** `<vant-switch label="Read receipts">`: on or off, in force at once. Gives `input-change` with true or false. */
import { css, html, type TemplateResult } from 'lit';
import { Toggle } from './toggle.ts';

export class Switch extends Toggle {
  static override styles = [
    ...Toggle.styles,
    css`
      input {
        width: 2.5rem;
        height: 1.5rem;
        padding: 0.1875rem;
        border-radius: var(--radius-full);
        background: var(--color-line-strong);
        transition: background var(--duration-fast);
      }
      input::before {
        content: '';
        display: block;
        width: 1.125rem;
        height: 1.125rem;
        border-radius: 50%;
        background: var(--color-canvas);
        box-shadow: var(--shadow-1);
        transition: transform var(--duration) var(--ease);
      }
      input:checked {
        background: var(--color-accent);
      }
      input:checked::before {
        transform: translateX(1rem);
      }
    `,
  ];

  protected override render(): TemplateResult {
    return html`<label>${this.renderText()}${this.renderInput('switch')}</label>`;
  }
}

customElements.define('vant-switch', Switch);
