/** The devices of this account: their names, a new one, and the end of one. */
import { msg, str } from '@lit/localize';
import { html, nothing, type TemplateResult } from 'lit';
import '../../components/badge.ts';
import '../../components/confirm-dialog.ts';
import '../../components/name-dialog.ts';
import type { NamedDevice } from '../../../client/team.ts';
import type { DeviceId } from '../../../wire/ids.ts';
import { formatDate, formatDay } from '../../i18n/format.ts';
import { pathTo } from '../../platform/router.ts';
import { attempt } from '../../state/notices.ts';
import { Resource } from '../../state/resource.ts';
import { PageView } from '../page-view.ts';
import './approve-device.ts';

const PRIMARY_DEVICE_ID = 1;

export class DevicesPage extends PageView {
  static override properties = {
    ...PageView.properties,
    isJustLinked: { type: Boolean, attribute: 'just-linked' },
    deviceLink: { attribute: false },
    isLinking: { state: true },
    renamed: { state: true },
    removed: { state: true },
  };

  declare isJustLinked: boolean;
  /** Of a device that waits, when its link was opened here. */
  declare deviceLink: string | undefined;
  declare isLinking: boolean;
  declare renamed: NamedDevice | undefined;
  declare removed: NamedDevice | undefined;
  readonly #devices = new Resource(() => this.context.engine.team.devices());

  constructor() {
    super();
    this.isLinking = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#devices.load();
    if (this.deviceLink !== undefined) this.isLinking = true;
  }

  protected override render(): TemplateResult {
    return html`<vant-page beside heading=${msg('Devices')} back-href=${pathTo('settings')}>
        ${this.isJustLinked ? this.#renderWelcome() : nothing}
        ${this.#devices.render((devices) => this.#renderDevices(devices))}
      </vant-page>
      ${this.#renderDialogs()}`;
  }

  #renderWelcome(): TemplateResult {
    return html`<vant-banner tone="good">
      ${msg('This browser is linked. Messages come here from now on. For earlier ones, make a backup on your other device and import it here.')}
      <vant-button slot="actions" href=${pathTo('settings', 'storage')}>${msg('Import earlier messages')}</vant-button>
      <vant-button slot="actions" variant="quiet" href=${pathTo()}>${msg('To my messages')}</vant-button>
    </vant-banner>`;
  }

  #renderDevices(devices: readonly NamedDevice[]): TemplateResult {
    const isPrimary = this.context.state.account.value?.deviceId === PRIMARY_DEVICE_ID;
    return html`<vant-section
        hint=${msg('Each device has its own copy of every message. The names are encrypted: only your own devices can read them.')}
      >
        ${devices.map((device) => this.#renderDevice(device, isPrimary))}
      </vant-section>
      ${
        isPrimary
          ? html`<div class="actions">
              <vant-button variant="primary" icon="plus" @click=${() => (this.isLinking = true)}
                >${msg('Link a device')}</vant-button
              >
            </div>`
          : html`<p class="soft small">${msg('New devices are linked on your first device.')}</p>`
      }`;
  }

  #renderDevice(device: NamedDevice, isPrimary: boolean): TemplateResult {
    const { deviceId, name, createdAt, lastSeenDay, isThisDevice } = device;
    const since = msg(str`Linked on ${formatDate(createdAt)}`);
    const seen = lastSeenDay === undefined ? '' : msg(str`last connected on ${formatDay(lastSeenDay)}`);
    return html`<vant-row
      icon=${/android|iphone|phone/i.test(name ?? '') ? 'smartphone' : 'laptop'}
      heading=${name ?? msg(str`Device ${deviceId}`)}
      detail=${[since, seen].filter(Boolean).join(', ')}
    >
      ${isThisDevice ? html`<vant-badge slot="beside" tone="good">${msg('This device')}</vant-badge>` : nothing}
      ${deviceId === PRIMARY_DEVICE_ID ? html`<vant-badge slot="beside" tone="quiet">${msg('First device')}</vant-badge>` : nothing}
      ${isThisDevice ? html`<vant-button @click=${() => (this.renamed = device)}>${msg('Rename')}</vant-button>` : nothing}
      ${
        isPrimary && !isThisDevice
          ? html`<vant-button variant="quiet" @click=${() => (this.removed = device)}>${msg('Remove')}</vant-button>`
          : nothing
      }
    </vant-row>`;
  }

  #renderDialogs(): TemplateResult {
    return html`${
      this.isLinking
        ? html`<vant-approve-device
            .context=${this.context}
            .link=${this.deviceLink}
            @close=${this.#onLinked}
          ></vant-approve-device>`
        : nothing
    }
    ${
      this.renamed === undefined
        ? nothing
        : html`<vant-name-dialog
            heading=${msg('Rename this device')}
            label=${msg('Name of this device')}
            value=${this.renamed.name ?? ''}
            maxlength="50"
            @choose=${this.#rename}
            @close=${() => (this.renamed = undefined)}
          ></vant-name-dialog>`
    }
    ${
      this.removed === undefined
        ? nothing
        : html`<vant-confirm-dialog
            danger
            heading=${msg(str`Remove “${this.removed.name ?? this.removed.deviceId}”?`)}
            action=${msg('Remove device')}
            @confirm=${this.#remove}
            @close=${() => (this.removed = undefined)}
          >
            ${msg('It gets no more messages, from this moment on. What it has stored stays on it until it is erased there.')}
          </vant-confirm-dialog>`
    }`;
  }

  #onLinked = (): void => {
    this.isLinking = false;
    this.deviceLink = undefined;
    void this.#devices.load();
  };

  #rename = async ({ detail }: CustomEvent<string>): Promise<void> => {
    this.renamed = undefined;
    await attempt(() => this.context.engine.team.setDeviceName(detail), msg('Saved.'));
    await this.#devices.load();
  };

  #remove = async (): Promise<void> => {
    const device = this.removed;
    this.removed = undefined;
    if (device === undefined) return;
    await attempt(
      () => this.context.engine.team.removeDevice(device.deviceId as DeviceId),
      msg('The device was removed.'),
    );
    await this.#devices.load();
  };
}

customElements.define('vant-devices-page', DevicesPage);
