/** `<vant-qr-scan label="Scan the code">`: shows the camera and gives `scan` with the text of each new code, or `refused` when the page does
 * not get the camera. */
import { css, html, LitElement, type TemplateResult } from 'lit';
import { scanCodes } from '../platform/qr-scanner.ts';
import { base } from '../styles/shared.ts';

export class QrScan extends LitElement {
  static override properties = { label: {} };
  static override styles = [
    base,
    css`
      :host {
        display: block;
        overflow: hidden;
        border-radius: var(--radius-l);
        background: #000;
      }
      video {
        display: block;
        width: 100%;
        aspect-ratio: 1;
        object-fit: cover;
      }
    `,
  ];

  declare label: string;
  #stop = new AbortController();
  #last: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = new AbortController();
    void this.updateComplete.then(() => this.#start());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop.abort();
  }

  protected override render(): TemplateResult {
    return html`<video muted playsinline aria-label=${this.label}></video>`;
  }

  async #start(): Promise<void> {
    const video = this.renderRoot.querySelector('video');
    if (video === null) return;
    try {
      await scanCodes(video, (text) => this.#onCode(text), this.#stop.signal);
    } catch {
      if (!this.#stop.signal.aborted) this.dispatchEvent(new CustomEvent('refused'));
    }
  }

  /** A camera sees the same code many times. */
  #onCode(text: string): void {
    if (text === this.#last) return;
    this.#last = text;
    this.dispatchEvent(new CustomEvent<string>('scan', { detail: text }));
  }
}

customElements.define('vant-qr-scan', QrScan);
