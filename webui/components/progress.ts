/** `<vant-progress label="Importing" .value=${0.4}>`: how far something has come, from 0 to 1. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base } from '../styles/shared.ts';

export class Progress extends LitElement {
  static override properties = { value: { type: Number }, label: {}, detail: {} };
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: var(--space-2);
        font-size: var(--text-s);
        color: var(--color-text-soft);
      }
      .line {
        display: flex;
        justify-content: space-between;
        gap: var(--space-3);
        font-variant-numeric: tabular-nums;
      }
      progress {
        appearance: none;
        width: 100%;
        height: 0.375rem;
        border: 0;
        border-radius: var(--radius-full);
        background: var(--color-field);
        overflow: hidden;
      }
      progress::-webkit-progress-bar {
        background: var(--color-field);
      }
      progress::-webkit-progress-value {
        background: var(--color-accent);
        transition: width var(--duration) var(--ease);
      }
      progress::-moz-progress-bar {
        background: var(--color-accent);
      }
    `,
  ];

  /** Undefined: nobody knows. */
  declare value: number | undefined;
  declare label: string;
  /** Beside the label: "40 of 100". */
  declare detail: string | undefined;

  protected override render(): TemplateResult {
    return html`<div class="line"><span>${this.label}</span><span>${this.detail ?? ''}</span></div>
      <progress max="1" value=${this.value ?? nothing} aria-label=${this.label}></progress>`;
  }
}

customElements.define('vant-progress', Progress);
