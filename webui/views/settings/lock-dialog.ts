/** Changes the lock, after the person has shown that it is theirs. */
import { msg } from '@lit/localize';
import { html, nothing, type TemplateResult } from 'lit';
import '../../components/banner.ts';
import '../../components/button.ts';
import '../../components/dialog.ts';
import '../../components/text-field.ts';
import type { AppContext } from '../../app/context.ts';
import type { VaultProof, VaultStatus } from '../../engine/vault/vault-api.ts';
import { errorText } from '../../i18n/error-texts.ts';
import { passkeyProblem } from '../../i18n/passkey-texts.ts';
import { describeDevice } from '../../platform/device-name.ts';
import { askForPasskey, createPasskey } from '../../platform/passkeys.ts';
import { showNotice } from '../../state/notices.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';

export type LockTask =
  | { readonly kind: 'set-passphrase' }
  | { readonly kind: 'remove-passphrase' }
  | { readonly kind: 'add-passkey' }
  | { readonly kind: 'remove-passkey'; readonly credentialId: string };

/** Guessing is slow (Argon2id), but not slow enough for less. */
const MIN_PASSPHRASE_LENGTH = 8;

export class LockDialog extends ViewElement {
  static override properties = {
    context: { attribute: false },
    status: { attribute: false },
    task: { attribute: false },
    error: { state: true },
    isBusy: { state: true },
  };
  static override styles = content;

  declare context: AppContext;
  declare status: VaultStatus;
  declare task: LockTask;
  declare error: string | undefined;
  declare isBusy: boolean;

  constructor() {
    super();
    this.isBusy = false;
  }

  protected override render(): TemplateResult {
    return html`<vant-dialog open heading=${this.#heading()} @close=${this.#close}>
      <form id="lock" class="stack" @submit=${this.#submit}>
        <p>${this.#explanation()}</p>
        ${this.#renderProof()} ${this.task.kind === 'set-passphrase' ? this.#renderNew() : nothing}
        ${this.error === undefined ? nothing : html`<vant-banner tone="danger">${this.error}</vant-banner>`}
        <div class="actions end">
          <vant-button variant="quiet" @click=${this.#close}>${msg('Cancel')}</vant-button>
          <vant-button type="submit" variant=${this.#isRemoval ? 'danger' : 'primary'} ?busy=${this.isBusy}
            >${this.#isRemoval ? msg('Remove') : msg('Continue')}</vant-button
          >
        </div>
      </form>
    </vant-dialog>`;
  }

  get #isRemoval(): boolean {
    return this.task.kind === 'remove-passphrase' || this.task.kind === 'remove-passkey';
  }

  #heading(): string {
    switch (this.task.kind) {
      case 'set-passphrase':
        return this.status.hasPassphrase ? msg('Change the passphrase') : msg('Set a passphrase');
      case 'remove-passphrase':
        return msg('Remove the passphrase');
      case 'add-passkey':
        return msg('Add a passkey');
      case 'remove-passkey':
        return msg('Remove the passkey');
    }
  }

  #explanation(): string {
    switch (this.task.kind) {
      case 'set-passphrase':
        return msg('Nobody can reset it. If you forget it, the messages on this device cannot be read again.');
      case 'add-passkey':
        return msg('Your device asks for your fingerprint, face or PIN, and keeps the key.');
      case 'remove-passphrase':
      case 'remove-passkey':
        return msg('If no passphrase and no passkey are left, whoever opens this browser reads your messages.');
    }
  }

  /** With passkeys only, the browser asks for one afterwards. */
  #renderProof(): TemplateResult | typeof nothing {
    if (!this.status.hasPassphrase) return nothing;
    return html`<vant-text-field
      name="current"
      type="password"
      required
      autocomplete="current-password"
      label=${msg('Present passphrase')}
    ></vant-text-field>`;
  }

  #renderNew(): TemplateResult {
    return html`<vant-text-field
        name="passphrase"
        type="password"
        required
        autocomplete="new-password"
        label=${msg('New passphrase')}
        help=${msg('At least 8 characters; several words are best.')}
      ></vant-text-field>
      <vant-text-field
        name="again"
        type="password"
        required
        autocomplete="new-password"
        label=${msg('The same again')}
      ></vant-text-field>`;
  }

  #close = (): void => {
    this.dispatchEvent(new CustomEvent('close'));
  };

  #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const passphrase = (data.get('passphrase') as string | null) ?? '';
    this.error = this.task.kind === 'set-passphrase' ? findMistake(passphrase, data.get('again')) : undefined;
    if (this.error !== undefined || this.isBusy) return;
    this.isBusy = true;
    try {
      const proof = await this.#prove(data.get('current') as string | null);
      await this.#carryOut(passphrase, proof);
      showNotice(msg('The lock was changed.'));
      this.#close();
    } catch (error) {
      this.error = passkeyProblem(error) ?? errorText(error);
    } finally {
      this.isBusy = false;
    }
  };

  async #prove(current: string | null): Promise<VaultProof | undefined> {
    if (current !== null) return { kind: 'passphrase', passphrase: current };
    return this.status.passkeys.length === 0 ? undefined : askForPasskey(this.status.passkeys);
  }

  async #carryOut(passphrase: string, proof: VaultProof | undefined): Promise<void> {
    const { vault } = this.context.engine;
    if (this.task.kind === 'set-passphrase') await vault.setPassphrase(passphrase, proof);
    else if (this.task.kind === 'add-passkey') await vault.addPasskey(await createPasskey(describeDevice()), proof);
    else if (proof === undefined) return;
    else if (this.task.kind === 'remove-passphrase') await vault.removePassphrase(proof);
    else await vault.removePasskey(this.task.credentialId, proof);
  }
}

function findMistake(passphrase: string, again: unknown): string | undefined {
  if (passphrase.length < MIN_PASSPHRASE_LENGTH) return msg('This is too short: at least 8 characters.');
  return passphrase === again ? undefined : msg('The two are not the same.');
}

customElements.define('vant-lock-dialog', LockDialog);
