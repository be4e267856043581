/** Makes this browser another device of an account: shows a code, and waits until the first device has scanned it. */
import { msg } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import '../../components/banner.ts';
import '../../components/button.ts';
import '../../components/copy-field.ts';
import '../../components/qr-code.ts';
import '../../components/spinner.ts';
import '../../components/start-card.ts';
import '../../components/text-field.ts';
import type { AppContext } from '../../app/context.ts';
import { errorText } from '../../i18n/error-texts.ts';
import { describeDevice } from '../../platform/device-name.ts';
import { pathTo, replaceRoute } from '../../platform/router.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';

const MAX_NAME_LENGTH = 50;

export class LinkView extends ViewElement {
  static override properties = {
    context: { attribute: false },
    deviceLink: { state: true },
    error: { state: true },
    isWaiting: { state: true },
  };
  static override styles = [
    ...content,
    css`
      :host {
        height: 100%;
      }
      ol {
        margin: 0;
        padding-left: 1.25em;
      }
      .code {
        display: grid;
        justify-items: center;
      }
    `,
  ];

  declare context: AppContext;
  declare deviceLink: string | undefined;
  declare error: string | undefined;
  declare isWaiting: boolean;
  #stopListening: () => void = () => undefined;

  constructor() {
    super();
    this.isWaiting = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopListening();
  }

  protected override render(): TemplateResult {
    return html`<vant-start-card heading=${msg('Link to my other device')}>
      <span slot="lead">${msg('This browser becomes another device of your account.')}</span>
      ${this.error === undefined ? '' : html`<vant-banner tone="danger">${this.error}</vant-banner>`}
      ${this.deviceLink === undefined ? this.#renderName() : this.#renderCode(this.deviceLink)}
      <vant-button variant="quiet" @click=${this.#leave}>${msg('Cancel')}</vant-button>
    </vant-start-card>`;
  }

  #renderName(): TemplateResult {
    return html`<form class="stack" @submit=${this.#start}>
      <vant-text-field
        name="name"
        required
        maxlength=${MAX_NAME_LENGTH}
        label=${msg('Name of this device')}
        value=${describeDevice()}
        help=${msg('So that you find it in your list of devices. Nobody else can read it.')}
      ></vant-text-field>
      <vant-button type="submit" variant="primary" wide ?busy=${this.isWaiting}>${msg('Show the code')}</vant-button>
    </form>`;
  }

  #renderCode(link: string): TemplateResult {
    return html`<div class="code">
        <vant-qr-code .value=${link} label=${msg('Code to link this device')}></vant-qr-code>
      </div>
      <ol>
        <li>${msg('Open Vant on your first device.')}</li>
        <li>${msg('Go to Settings, Devices, “Link a device”.')}</li>
        <li>${msg('Scan this code, or paste the link.')}</li>
      </ol>
      <vant-copy-field label=${msg('Link for the first device')} value=${link}></vant-copy-field>
      <p class="soft" role="status"><vant-spinner></vant-spinner> ${msg('Waiting for your first device …')}</p>`;
  }

  #start = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const deviceName = (new FormData(event.target as HTMLFormElement).get('name') as string).trim();
    const { engine, state } = this.context;
    this.isWaiting = true;
    this.error = undefined;
    this.#stopListening = engine.on('deviceLink', ({ link }) => (this.deviceLink = link));
    try {
      await engine.control.linkDevice({ origin: location.origin, deviceName });
      replaceRoute('settings', 'linked');
      await state.start();
    } catch (error) {
      this.error = errorText(error);
    } finally {
      this.#stopListening();
      this.isWaiting = false;
      this.deviceLink = undefined;
    }
  };

  /** The engine waits in the worker: a reload is what ends that. */
  #leave = (): void => {
    history.replaceState(null, '', pathTo());
    location.reload();
  };
}

customElements.define('vant-link-view', LinkView);
