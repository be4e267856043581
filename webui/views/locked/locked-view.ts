/** The messages of this browser are locked. Shows nothing of them. */
import { msg } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import '../../components/banner.ts';
import '../../components/button.ts';
import '../../components/dialog.ts';
import '../../components/start-card.ts';
import '../../components/text-field.ts';
import type { AppContext } from '../../app/context.ts';
import type { VaultProof, VaultStatus } from '../../engine/vault/vault-api.ts';
import { errorText } from '../../i18n/error-texts.ts';
import { passkeyProblem } from '../../i18n/passkey-texts.ts';
import { eraseDevice } from '../../platform/erase-device.ts';
import { askForPasskey } from '../../platform/passkeys.ts';
import { Resource } from '../../state/resource.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';

export class LockedView extends ViewElement {
  static override properties = {
    context: { attribute: false },
    error: { state: true },
    isBusy: { state: true },
    isErasing: { state: true },
  };
  static override styles = [
    ...content,
    css`
      :host {
        height: 100%;
      }
    `,
  ];

  declare context: AppContext;
  declare error: string | undefined;
  declare isBusy: boolean;
  declare isErasing: boolean;
  readonly #status = new Resource(() => this.context.engine.vault.status());

  constructor() {
    super();
    this.isBusy = false;
    this.isErasing = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#status.load();
  }

  protected override render(): TemplateResult {
    return html`<vant-start-card heading=${msg('Vant is locked')}>
        <span slot="lead">${msg('Your messages are encrypted on this device until you unlock them.')}</span>
        ${this.#status.render((status) => this.#renderWays(status))}
        ${this.error === undefined ? nothing : html`<vant-banner tone="danger">${this.error}</vant-banner>`}
        <vant-button variant="quiet" @click=${() => (this.isErasing = true)}>${msg('I cannot unlock it')}</vant-button>
      </vant-start-card>
      ${this.isErasing ? this.#renderErase() : nothing}`;
  }

  #renderWays({ hasPassphrase, passkeys }: VaultStatus): TemplateResult {
    return html`${
      hasPassphrase
        ? html`<form class="stack" @submit=${this.#onPassphrase}>
            <vant-text-field
              name="passphrase"
              type="password"
              required
              autocomplete="current-password"
              label=${msg('Passphrase')}
            ></vant-text-field>
            <vant-button type="submit" variant="primary" wide ?busy=${this.isBusy}>${msg('Unlock')}</vant-button>
          </form>`
        : nothing
    }
    ${
      passkeys.length > 0
        ? html`<vant-button
            wide
            icon="fingerprint"
            variant=${hasPassphrase ? 'secondary' : 'primary'}
            ?busy=${this.isBusy}
            @click=${() => this.#unlock(() => askForPasskey(passkeys))}
            >${msg('Unlock with a passkey')}</vant-button
          >`
        : nothing
    }`;
  }

  #renderErase(): TemplateResult {
    return html`<vant-dialog
      open
      heading=${msg('Without passphrase and passkey')}
      @close=${() => (this.isErasing = false)}
    >
      <div class="stack">
        <p>${msg('Nobody can read the messages on this device without them, not even your admin.')}</p>
        <p>
          ${msg('You can erase this device and begin anew: link it again to another device of yours, or join with a new invite. A backup file brings back the messages that are in it.')}
        </p>
      </div>
      <vant-button slot="actions" @click=${() => (this.isErasing = false)}>${msg('Cancel')}</vant-button>
      <vant-button slot="actions" variant="danger" @click=${this.#erase}>${msg('Erase this device')}</vant-button>
    </vant-dialog>`;
  }

  #onPassphrase = (event: SubmitEvent): void => {
    event.preventDefault();
    const passphrase = new FormData(event.target as HTMLFormElement).get('passphrase') as string;
    void this.#unlock(async () => ({ kind: 'passphrase', passphrase }));
  };

  async #unlock(prove: () => Promise<VaultProof>): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.error = undefined;
    try {
      await this.context.engine.vault.unlock(await prove());
    } catch (error) {
      this.error = passkeyProblem(error) ?? errorText(error);
    } finally {
      this.isBusy = false;
    }
  }

  #erase = async (): Promise<void> => {
    await eraseDevice(this.context.engine);
    location.replace('/');
  };
}

customElements.define('vant-locked-view', LockedView);
