/** The lock of this browser: a passphrase, passkeys, and when it locks by itself. */
import { msg } from '@lit/localize';
import { html, nothing, type TemplateResult } from 'lit';
import '../../components/badge.ts';
import '../../components/button.ts';
import '../../components/row.ts';
import '../../components/section.ts';
import '../../components/select.ts';
import type { AppContext } from '../../app/context.ts';
import type { VaultStatus } from '../../engine/vault/vault-api.ts';
import { formatDate, formatDuration } from '../../i18n/format.ts';
import { canUsePasskeys } from '../../platform/passkeys.ts';
import { attempt } from '../../state/notices.ts';
import { Resource } from '../../state/resource.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';
import './lock-dialog.ts';
import type { LockTask } from './lock-dialog.ts';

const IDLE_MINUTES = [1, 5, 15, 60, 8 * 60];

export class LockSection extends ViewElement {
  static override properties = { context: { attribute: false }, task: { state: true } };
  static override styles = content;

  declare context: AppContext;
  declare task: LockTask | undefined;
  readonly #status = new Resource(() => this.context.engine.vault.status());
  #stopListening: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#status.load();
    this.#stopListening = this.context.engine.on('vault', (status) => this.#status.set(status));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopListening();
  }

  protected override render(): TemplateResult {
    return this.#status.render((status) => this.#renderStatus(status));
  }

  #renderStatus(status: VaultStatus): TemplateResult {
    const isProtected = status.hasPassphrase || status.passkeys.length > 0;
    return html`<vant-section
        heading=${msg('Screen lock')}
        hint=${msg('Locked, the messages in this browser are encrypted under a key that only your passphrase or passkey opens. There is no way around it: if you lose both, the messages on this device are lost.')}
      >
        ${this.#renderPassphrase(status)} ${this.#renderPasskeys(status)}
        ${isProtected ? this.#renderIdle(status) : nothing}
      </vant-section>
      ${
        this.task === undefined
          ? nothing
          : html`<vant-lock-dialog
              .context=${this.context}
              .status=${status}
              .task=${this.task}
              @close=${() => (this.task = undefined)}
            ></vant-lock-dialog>`
      }`;
  }

  #renderPassphrase({ hasPassphrase }: VaultStatus): TemplateResult {
    if (!hasPassphrase)
      return html`<vant-row
        heading=${msg('Passphrase')}
        detail=${msg('Not set: whoever opens this browser reads your messages.')}
      >
        <vant-button @click=${() => (this.task = { kind: 'set-passphrase' })}>${msg('Set a passphrase')}</vant-button>
      </vant-row>`;
    return html`<vant-row
      heading=${msg('Passphrase')}
      detail=${msg('Set. It is asked for when Vant starts or has locked.')}
    >
      <vant-button @click=${() => (this.task = { kind: 'set-passphrase' })}>${msg('Change')}</vant-button>
      <vant-button variant="quiet" @click=${() => (this.task = { kind: 'remove-passphrase' })}
        >${msg('Remove')}</vant-button
      >
    </vant-row>`;
  }

  #renderPasskeys({ passkeys }: VaultStatus): TemplateResult {
    return html`${passkeys.map(
      ({ credentialId, name, createdAt }) =>
        html`<vant-row icon="fingerprint" heading=${name} detail=${formatDate(createdAt)}>
          <vant-button variant="quiet" @click=${() => (this.task = { kind: 'remove-passkey', credentialId })}
            >${msg('Remove')}</vant-button
          >
        </vant-row>`,
    )}
    ${
      canUsePasskeys()
        ? html`<vant-row
            heading=${msg('Passkey')}
            detail=${msg('Opens the lock with your fingerprint, face, or a security key.')}
          >
            <vant-button @click=${() => (this.task = { kind: 'add-passkey' })}>${msg('Add a passkey')}</vant-button>
          </vant-row>`
        : nothing
    }`;
  }

  #renderIdle({ idleMinutes }: VaultStatus): TemplateResult {
    const options = IDLE_MINUTES.map((minutes) => ({
      value: String(minutes),
      label: formatDuration(minutes * 60_000),
    }));
    return html`<vant-row
        heading=${msg('Lock by itself')}
        detail=${msg('When nobody has touched this device for this long.')}
      >
        <vant-select
          label=${msg('Lock by itself')}
          label-hidden
          value=${String(idleMinutes ?? '')}
          .options=${[{ value: '', label: msg('Only when Vant is closed') }, ...options]}
          @input-change=${this.#onIdle}
        ></vant-select>
      </vant-row>
      <vant-row heading=${msg('Lock now')}>
        <vant-button icon="lock-keyhole" @click=${this.#lock}>${msg('Lock')}</vant-button>
      </vant-row>`;
  }

  #onIdle = async ({ detail }: CustomEvent<string>): Promise<void> => {
    await attempt(() => this.context.engine.vault.setIdleMinutes(detail === '' ? undefined : Number(detail)));
  };

  #lock = (): void => void attempt(() => this.context.engine.vault.lock());
}

customElements.define('vant-lock-section', LockSection);
