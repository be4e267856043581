/** `<vant-spinner label="Loading">`: something is under way, and nobody knows for how long. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';

export class Spinner extends LitElement {
  static override properties = { label: {} };
  static override styles = css`
    :host {
      display: inline-grid;
      width: 1.125em;
      height: 1.125em;
    }
    span {
      border: 2px solid color-mix(in srgb, currentColor 25%, transparent);
      border-top-color: currentColor;
      border-radius: 50%;
      animation: turn 0.8s linear infinite;
    }
    @keyframes turn {
      to {
        transform: rotate(1turn);
      }
    }
    @media (prefers-reduced-motion: reduce) {
      span {
        animation: pulse 2s ease-in-out infinite;
      }
      @keyframes pulse {
        50% {
          opacity: 0.4;
        }
      }
    }
  `;

  /** Without one it is decoration. */
  declare label: string | undefined;

  protected override render(): TemplateResult {
    const { label } = this;
    return html`<span
      role=${label === undefined ? 'presentation' : 'img'}
      aria-label=${label ?? nothing}
      aria-hidden=${label === undefined ? 'true' : nothing}
    ></span>`;
  }
}

customElements.define('vant-spinner', Spinner);
