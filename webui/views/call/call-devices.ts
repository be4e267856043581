/** Which microphone, speaker and camera a call uses. */
import { msg } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import type { CallService } from '../../calls/call-service.ts';
import { listDevices } from '../../calls/media-devices.ts';
import '../../components/select.ts';
import '../../components/switch.ts';
import { ViewElement } from '../../state/watch.ts';
import { base } from '../../styles/shared.ts';

type DeviceKey = 'microphone' | 'speaker' | 'camera';

interface Kind {
  readonly key: DeviceKey;
  readonly kind: MediaDeviceKind;
  readonly label: () => string;
}

const KINDS: readonly Kind[] = [
  { key: 'microphone', kind: 'audioinput', label: () => msg('Microphone') },
  { key: 'speaker', kind: 'audiooutput', label: () => msg('Speaker') },
  { key: 'camera', kind: 'videoinput', label: () => msg('Camera') },
];

export class CallDevices extends ViewElement {
  static override properties = { calls: { attribute: false }, devices: { state: true } };
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: var(--space-3);
      }
    `,
  ];

  declare calls: CallService;
  declare devices: Readonly<Partial<Record<MediaDeviceKind, readonly MediaDeviceInfo[]>>>;

  readonly #refresh = (): void => void this.#load();

  constructor() {
    super();
    this.devices = {};
  }

  override connectedCallback(): void {
    super.connectedCallback();
    navigator.mediaDevices.addEventListener('devicechange', this.#refresh);
    this.#refresh();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    navigator.mediaDevices.removeEventListener('devicechange', this.#refresh);
  }

  protected override render(): TemplateResult {
    const settings = this.calls.settings.value;
    return html`${KINDS.map(({ key, kind, label }) => {
        const devices = this.devices[kind] ?? [];
        const options = [
          { value: '', label: msg('Chosen by the browser') },
          ...devices.map((device) => ({ value: device.deviceId, label: device.label })),
        ];
        return html`<vant-select
          label=${label()}
          .options=${options}
          .value=${settings[key] ?? ''}
          @input-change=${({ detail }: CustomEvent<string>) => void this.#choose(key, detail)}
        ></vant-select>`;
      })}<vant-switch
        label=${msg('Always relay calls')}
        help=${msg('The other side does not see your network address. Calls may sound a little worse.')}
        ?checked=${settings.isAlwaysRelayed === true}
        @input-change=${({ detail }: CustomEvent<boolean>) =>
          void this.calls.change({ ...settings, isAlwaysRelayed: detail })}
      ></vant-switch>`;
  }

  async #load(): Promise<void> {
    const lists = await Promise.all(KINDS.map(({ kind }) => listDevices(kind)));
    // Before a device was allowed, browsers give nameless ones.
    this.devices = Object.fromEntries(
      KINDS.map(({ kind }, index) => [kind, (lists[index] ?? []).filter(({ label }) => label !== '')]),
    );
  }

  async #choose(key: DeviceKey, deviceId: string): Promise<void> {
    const settings = new Map<string, string | boolean>(Object.entries(this.calls.settings.value));
    if (deviceId === '') settings.delete(key);
    else settings.set(key, deviceId);
    await this.calls.change(Object.fromEntries(settings));
  }
}

customElements.define('vant-call-devices', CallDevices);
