/** What this browser keeps: how much, whether for good, out into a file and in again, and away with it. */
import { msg, str } from '@lit/localize';
import { html, nothing, type TemplateResult } from 'lit';
import '../../components/badge.ts';
import '../../components/confirm-dialog.ts';
import { formatBytes } from '../../i18n/format.ts';
import { eraseDevice } from '../../platform/erase-device.ts';
import { pathTo } from '../../platform/router.ts';
import { askForPersistence, refreshStorageReport, storageReport } from '../../platform/storage-persistence.ts';
import { showNotice } from '../../state/notices.ts';
import { PageView } from '../page-view.ts';
import './backup-section.ts';

const PRIMARY_DEVICE_ID = 1;

export class StoragePage extends PageView {
  static override properties = { ...PageView.properties, isErasing: { state: true }, isBusy: { state: true } };

  declare isErasing: boolean;
  declare isBusy: boolean;

  constructor() {
    super();
    this.isErasing = false;
    this.isBusy = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void refreshStorageReport();
  }

  protected override render(): TemplateResult {
    return html`<vant-page beside heading=${msg('Storage and backup')} back-href=${pathTo('settings')}>
        ${this.#renderUsage()}
        <vant-backup-section .context=${this.context}></vant-backup-section>
        <vant-section
          heading=${msg('This device')}
          hint=${msg('Removes the messages, keys and settings of Vant from this browser. The server keeps no copy of your messages.')}
        >
          <vant-row heading=${msg('Erase this device')} detail=${this.#eraseDetail()}>
            <vant-button variant="danger" @click=${() => (this.isErasing = true)}>${msg('Erase …')}</vant-button>
          </vant-row>
        </vant-section>
      </vant-page>
      ${this.isErasing ? this.#renderErase() : nothing}`;
  }

  #renderUsage(): TemplateResult {
    const report = storageReport.value;
    const used = report?.usedBytes === undefined ? msg('unknown') : formatBytes(report.usedBytes);
    const detail =
      report?.quotaBytes === undefined
        ? undefined
        : msg(str`The browser would give up to ${formatBytes(report.quotaBytes)}.`);
    return html`<vant-section heading=${msg('On this device')}>
      <vant-row heading=${msg('Messages and app')} detail=${detail}>${used}</vant-row>
      ${
        report?.isPersistent === true
          ? html`<vant-row
              heading=${msg('The browser keeps it')}
              detail=${msg('It is deleted only when you do so, or erase the data of this site.')}
            >
              <vant-badge tone="good">${msg('Kept')}</vant-badge>
            </vant-row>`
          : html`<vant-row
              heading=${msg('The browser may delete it')}
              detail=${msg('When the device runs out of space. Let it promise to keep your messages, and make a backup.')}
            >
              <vant-button @click=${this.#askForPersistence}>${msg('Keep it')}</vant-button>
            </vant-row>`
      }
    </vant-section>`;
  }

  get #isPrimary(): boolean {
    return this.context.state.account.value?.deviceId === PRIMARY_DEVICE_ID;
  }

  #eraseDetail(): string {
    return this.#isPrimary
      ? msg('This is your first device: your account and all your devices are removed from the team with it.')
      : msg('This device is taken off your account. Your other devices stay as they are.');
  }

  #renderErase(): TemplateResult {
    return html`<vant-confirm-dialog
      danger
      heading=${msg('Erase this device?')}
      action=${msg('Erase')}
      typed=${msg('erase')}
      ?busy=${this.isBusy}
      @confirm=${this.#erase}
      @close=${() => (this.isErasing = false)}
    >
      ${this.#eraseDetail()} ${msg('All messages on it are gone for good, unless you have a backup.')}
    </vant-confirm-dialog>`;
  }

  #askForPersistence = async (): Promise<void> => {
    if (await askForPersistence()) showNotice(msg('The browser keeps your messages now.'));
    else
      showNotice(
        msg('The browser does not promise it yet. It may when you install Vant as an app or use it more often.'),
        'danger',
      );
  };

  #erase = async (): Promise<void> => {
    this.isBusy = true;
    // Signed out or not: who wants it gone gets it gone.
    await this.context.engine.client.eraseLocal().catch(() => false);
    await eraseDevice(this.context.engine);
    location.replace('/');
  };
}

customElements.define('vant-storage-page', StoragePage);
