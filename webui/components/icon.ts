/** `<vant-icon name="send-horizontal">`: a line drawing in the colour of the text. Decoration: what it stands for is said
 * by the text or label beside it. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { ICON_SHAPES, type IconName } from './icon-shapes.ts';

/** The drawing alone, for lists in which an element of its own for every icon would cost too much. */
export const drawIcon = (name: IconName): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${ICON_SHAPES[name]}></path></svg>`;

/** For shadow roots that use `drawIcon`. */
export const drawnIcon = css`
  .icon {
    display: inline-block;
    flex: none;
    width: 1.25em;
    height: 1.25em;
    vertical-align: -0.25em;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.9;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
`;

export class Icon extends LitElement {
  static override properties = { name: {} };
  static override styles = css`
    :host {
      display: inline-block;
      flex: none;
      width: 1.25em;
      height: 1.25em;
      vertical-align: -0.25em;
    }
    svg {
      display: block;
      width: 100%;
      height: 100%;
      fill: none;
      stroke: currentColor;
      stroke-width: 1.9;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
  `;

  declare name: IconName | undefined;

  protected override render(): TemplateResult | typeof nothing {
    if (this.name === undefined) return nothing;
    return html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${ICON_SHAPES[this.name]}></path></svg>`;
  }
}

customElements.define('vant-icon', Icon);
