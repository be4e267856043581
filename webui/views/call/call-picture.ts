/** Pictures and sound of a call. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { base } from '../../styles/shared.ts';

/** `<vant-call-picture .remote=${stream} .local=${stream}>`: the other side large, oneself in a corner. */
export class CallPicture extends LitElement {
  static override properties = {
    remote: { attribute: false },
    local: { attribute: false },
    isMirrored: { type: Boolean, attribute: 'mirrored' },
  };
  static override styles = [
    base,
    css`
      :host {
        position: relative;
        display: grid;
        min-height: 12rem;
        overflow: hidden;
        background: #000;
        border-radius: var(--radius-m);
      }
      video {
        width: 100%;
        height: 100%;
        object-fit: contain;
      }
      .own {
        position: absolute;
        right: var(--space-2);
        bottom: var(--space-2);
        width: 30%;
        max-width: 12rem;
        height: auto;
        border-radius: var(--radius-s);
      }
      .own.alone {
        position: static;
        width: 100%;
        max-width: none;
        height: 100%;
      }
      .mirrored {
        transform: scaleX(-1);
      }
    `,
  ];

  declare remote: MediaStream | undefined;
  declare local: MediaStream | undefined;
  declare isMirrored: boolean;

  protected override render(): TemplateResult {
    const own = `own${this.remote === undefined ? ' alone' : ''}${this.isMirrored ? ' mirrored' : ''}`;
    // The sound has an element of its own, so these are muted.
    return html`${
      this.remote === undefined
        ? nothing
        : html`<video class="other" .srcObject=${this.remote} autoplay playsinline muted></video>`
    }
    ${
      this.local === undefined
        ? nothing
        : html`<video class=${own} .srcObject=${this.local} autoplay playsinline muted></video>`
    }`;
  }
}

/** `<vant-call-sound .stream=${stream}>`: is heard, not seen. */
export class CallSound extends LitElement {
  static override properties = { stream: { attribute: false }, speaker: { attribute: false } };

  declare stream: MediaStream | undefined;
  /** Id of an output device; undefined for the browser's choice. */
  declare speaker: string | undefined;

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('speaker')) return;
    // A device that is gone: the browser's own choice stays.
    this.renderRoot
      .querySelector('audio')
      ?.setSinkId(this.speaker ?? '')
      .catch(() => undefined);
  }

  protected override render(): TemplateResult {
    return html`<audio .srcObject=${this.stream ?? null} autoplay></audio>`;
  }
}

customElements.define('vant-call-picture', CallPicture);
customElements.define('vant-call-sound', CallSound);
