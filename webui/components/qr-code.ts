/** `<vant-qr-code .value=${link} label="Invite link">`: a QR code, dark on light in every theme, because cameras want it so. A value
 * of bytes becomes a code in binary mode. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { generate, mode } from 'lean-qr';
import { toSvgPath } from 'lean-qr/extras/svg';
import { base } from '../styles/shared.ts';

/** As many light modules around it as the standard asks for. */
const QUIET_ZONE = 4;

export class QrCode extends LitElement {
  static override properties = { value: { attribute: false }, label: {} };
  static override styles = [
    base,
    css`
      :host {
        display: block;
        width: 14rem;
        max-width: 100%;
        aspect-ratio: 1;
        border-radius: var(--radius-m);
        background: #ffffff;
        overflow: hidden;
      }
      svg {
        display: block;
        width: 100%;
        height: 100%;
        shape-rendering: crispEdges;
        fill: #10181a;
      }
    `,
  ];

  declare value: string | Uint8Array;
  declare label: string;

  protected override render(): TemplateResult | typeof nothing {
    if (this.value.length === 0) return nothing;
    const code = generate(typeof this.value === 'string' ? this.value : mode.bytes(this.value));
    const side = code.size + 2 * QUIET_ZONE;
    const box = `${-QUIET_ZONE} ${-QUIET_ZONE} ${side} ${side}`;
    return html`<svg viewBox=${box} role="img" aria-label=${this.label}><path d=${toSvgPath(code)}></path></svg>`;
  }
}

customElements.define('vant-qr-code', QrCode);
