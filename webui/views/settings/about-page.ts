/** Which program this is, and how to check that it is the one that the server's admin means. */
import { msg } from '@lit/localize';
import { html, type TemplateResult } from 'lit';
import '../../components/badge.ts';
import { readBundleVersion, type BundleVersion } from '../../platform/bundle-version.ts';
import { pathTo } from '../../platform/router.ts';
import { availableUpdate, checkForUpdate, takeUpdate } from '../../platform/updates.ts';
import { attempt } from '../../state/notices.ts';
import { Resource } from '../../state/resource.ts';
import { fetchServerInfo } from '../../platform/server-info.ts';
import { PageView } from '../page-view.ts';

export class AboutPage extends PageView {
  static override properties = { ...PageView.properties, isChecking: { state: true } };

  declare isChecking: boolean;
  readonly #bundle = new Resource(readBundleVersion);
  readonly #server = new Resource(fetchServerInfo);

  constructor() {
    super();
    this.isChecking = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#bundle.load();
    void this.#server.load();
  }

  protected override render(): TemplateResult {
    return html`<vant-page beside heading=${msg('About Vant')} back-href=${pathTo('settings')}>
      ${this.#renderVersion()}
      <vant-section heading=${msg('The app in this browser')} hint=${this.#hashHint()}>
        ${this.#bundle.render((bundle) => this.#renderBundle(bundle))}
      </vant-section>
      ${this.#renderProtocols()}
      <vant-section
        heading=${msg('Licence')}
        hint=${msg('Free software: whoever runs it for you has to give you its source, with all changes, when you ask.')}
      >
        <vant-row
          heading="AGPL-3.0-only"
          detail=${msg('Ask the admin of this server for the source of exactly this version.')}
        >
        </vant-row>
      </vant-section>
    </vant-page>`;
  }

  #renderVersion(): TemplateResult {
    return html`<vant-section>
      <vant-row heading=${msg('Server')} detail=${this.context.state.account.value?.origin ?? location.origin}>
        ${this.#server.render(({ version }) => html`<span class="mono">Vant ${version}</span>`)}
      </vant-row>
      <vant-row
        heading=${msg('Updates')}
        detail=${
          availableUpdate.value === undefined
            ? msg('A new version is announced and taken when you say so.')
            : msg('A new version is here, verified, and waits.')
        }
      >
        ${
          availableUpdate.value === undefined
            ? html`<vant-button ?busy=${this.isChecking} @click=${this.#check}>${msg('Look now')}</vant-button>`
            : html`<vant-button variant="primary" @click=${() => void takeUpdate()}>${msg('Take it')}</vant-button>`
        }
      </vant-row>
    </vant-section>`;
  }

  #hashHint(): string {
    return msg(
      'The hash names every file of the app. Your admin compares it with what “vant version” prints on the server.',
    );
  }

  #renderBundle({ shown, served }: BundleVersion): TemplateResult {
    const isSame = shown !== undefined && shown === served;
    return html`<vant-row stacked heading=${msg('This page')}>
        ${isSame ? html`<vant-badge slot="beside" tone="good">${msg('As on the server')}</vant-badge>` : ''}
        <span class="mono">${shown ?? msg('Not verified yet: reload the page once.')}</span>
      </vant-row>
      <vant-row stacked heading=${msg('The server offers')}>
        <span class="mono">${served ?? msg('The server cannot be asked at the moment.')}</span>
      </vant-row>`;
  }

  #renderProtocols(): TemplateResult {
    return html`<vant-section heading=${msg('Protocols')}>
      <vant-row
        heading=${msg('Key agreement')}
        detail=${msg('PQXDH (X25519 and Kyber-1024): safe also from those who keep messages for a future quantum computer.')}
      ></vant-row>
      <vant-row
        heading=${msg('Messages')}
        detail=${msg('Triple Ratchet (Double Ratchet and SPQR): every message has a key of its own, which is then forgotten.')}
      ></vant-row>
      <vant-row
        heading=${msg('Senders')}
        detail=${msg('Sealed sender: what waits at the server does not say who sent it.')}
      ></vant-row>
      <vant-row
        heading=${msg('On this device')}
        detail=${msg('AES-256-GCM; the lock uses Argon2id or a passkey.')}
      ></vant-row>
    </vant-section>`;
  }

  #check = async (): Promise<void> => {
    this.isChecking = true;
    await attempt(checkForUpdate);
    await this.#bundle.load();
    this.isChecking = false;
  };
}

customElements.define('vant-about-page', AboutPage);
