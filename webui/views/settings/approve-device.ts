/** On the first device: lets the device in that shows a code. */
import { msg } from '@lit/localize';
import { html, nothing, type TemplateResult } from 'lit';
import '../../components/banner.ts';
import '../../components/button.ts';
import '../../components/dialog.ts';
import '../../components/qr-scan.ts';
import '../../components/text-field.ts';
import type { AppContext } from '../../app/context.ts';
import { errorText } from '../../i18n/error-texts.ts';
import { canScan } from '../../platform/qr-scanner.ts';
import { showNotice } from '../../state/notices.ts';
import { Resource } from '../../state/resource.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';

export class ApproveDevice extends ViewElement {
  static override properties = {
    context: { attribute: false },
    link: { attribute: false },
    error: { state: true },
    isBusy: { state: true },
    isScanning: { state: true },
  };
  static override styles = content;

  declare context: AppContext;
  /** What was scanned by the system's camera, or opened as a link. */
  declare link: string | undefined;
  declare error: string | undefined;
  declare isBusy: boolean;
  declare isScanning: boolean;
  readonly #canScan = new Resource(canScan);

  constructor() {
    super();
    this.isBusy = false;
    this.isScanning = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#canScan.load();
  }

  protected override render(): TemplateResult {
    return html`<vant-dialog open heading=${msg('Link a device')} @close=${this.#close}>
      <form class="stack" @submit=${this.#submit}>
        <p>
          ${msg('On the new device, open this address, choose “Link to my other device”, and let this device see the code:')}
          <strong>${location.origin}</strong>
        </p>
        <vant-banner tone="warning"
          >${msg('The new device can read everything that comes from now on, and write in your name. Only link your own.')}</vant-banner
        >
        ${this.#renderScanner()}
        <vant-text-field
          name="link"
          required
          label=${msg('Link that the new device shows')}
          placeholder="https://…/link#…"
          value=${this.link ?? ''}
        ></vant-text-field>
        ${this.error === undefined ? nothing : html`<vant-banner tone="danger">${this.error}</vant-banner>`}
        <div class="actions end">
          <vant-button variant="quiet" @click=${this.#close}>${msg('Cancel')}</vant-button>
          <vant-button type="submit" variant="primary" ?busy=${this.isBusy}>${msg('Link this device')}</vant-button>
        </div>
      </form>
    </vant-dialog>`;
  }

  #renderScanner(): TemplateResult | typeof nothing {
    if (this.#canScan.value !== true) return nothing;
    if (!this.isScanning)
      return html`<vant-button icon="camera" @click=${() => (this.isScanning = true)}
        >${msg('Scan with the camera')}</vant-button
      >`;
    return html`<vant-qr-scan
      label=${msg('Camera: hold the code of the new device before it')}
      @scan=${({ detail }: CustomEvent<string>) => void this.#approve(detail)}
      @refused=${this.#onRefused}
    ></vant-qr-scan>`;
  }

  #onRefused = (): void => {
    this.isScanning = false;
    this.error = msg('The browser does not let this page use the camera. Paste the link instead.');
  };

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.#approve(new FormData(event.target as HTMLFormElement).get('link') as string);
  };

  async #approve(link: string): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.error = undefined;
    try {
      await this.context.engine.team.addDevice(link);
      showNotice(msg('The device is being linked. It appears in the list in a moment.'));
      this.#close();
    } catch (error) {
      this.error = errorText(error);
    } finally {
      this.isBusy = false;
      this.isScanning = false;
    }
  }

  #close = (): void => {
    this.dispatchEvent(new CustomEvent('close'));
  };
}

customElements.define('vant-approve-device', ApproveDevice);
