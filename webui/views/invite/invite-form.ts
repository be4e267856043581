/** Makes an invite: for whom, how long; then the link as a code, to copy and to share. Gives `created`. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import '../../components/banner.ts';
import '../../components/button.ts';
import '../../components/copy-field.ts';
import '../../components/qr-code.ts';
import '../../components/select.ts';
import type { AppContext } from '../../app/context.ts';
import type { Invite, Role } from '../../../wire/schemas.ts';
import { errorText } from '../../i18n/error-texts.ts';
import { formatDateTime, formatDuration } from '../../i18n/format.ts';
import { roleMeaning, roleName, ROLES } from '../../i18n/roles.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';

const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const TTL_SECONDS = [HOUR_SECONDS, DAY_SECONDS, 3 * DAY_SECONDS, 7 * DAY_SECONDS];
const DEFAULT_TTL_SECONDS = 3 * DAY_SECONDS;

export class InviteForm extends ViewElement {
  static override properties = {
    context: { attribute: false },
    role: { state: true },
    ttlSeconds: { state: true },
    created: { state: true },
    error: { state: true },
    isBusy: { state: true },
  };
  static override styles = [
    ...content,
    css`
      .options {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr));
        gap: var(--space-3);
      }
      .code {
        display: grid;
        justify-items: center;
      }
    `,
  ];

  declare context: AppContext;
  declare role: Role;
  declare ttlSeconds: number;
  declare created: { readonly link: string; readonly invite: Invite } | undefined;
  declare error: string | undefined;
  declare isBusy: boolean;

  constructor() {
    super();
    this.role = 'member';
    this.ttlSeconds = DEFAULT_TTL_SECONDS;
    this.isBusy = false;
  }

  protected override render(): TemplateResult {
    return this.created === undefined ? this.#renderOptions() : this.#renderLink(this.created);
  }

  #renderOptions(): TemplateResult {
    const own = this.context.state.account.value?.role ?? 'member';
    // Nobody gives a role that is above their own.
    const roles = own === 'member' ? (['member'] as const) : own === 'admin' ? ROLES.slice(1) : ROLES;
    return html`<div class="stack">
      <div class="options">
        <vant-select
          label=${msg('Role')}
          value=${this.role}
          help=${roleMeaning(this.role)}
          .options=${roles.map((role) => ({ value: role, label: roleName(role) })).toReversed()}
          @input-change=${({ detail }: CustomEvent<Role>) => (this.role = detail)}
        ></vant-select>
        <vant-select
          label=${msg('Holds for')}
          value=${String(this.ttlSeconds)}
          help=${msg('For one person, once.')}
          .options=${TTL_SECONDS.map((seconds) => ({ value: String(seconds), label: formatDuration(seconds * 1000) }))}
          @input-change=${({ detail }: CustomEvent<string>) => (this.ttlSeconds = Number(detail))}
        ></vant-select>
      </div>
      ${this.error === undefined ? nothing : html`<vant-banner tone="danger">${this.error}</vant-banner>`}
      <vant-button variant="primary" icon="link" wide ?busy=${this.isBusy} @click=${this.#create}
        >${msg('Create invite link')}</vant-button
      >
    </div>`;
  }

  #renderLink({ link, invite }: { readonly link: string; readonly invite: Invite }): TemplateResult {
    return html`<div class="stack">
      <div class="code"><vant-qr-code .value=${link} label=${msg('Invite link as a code')}></vant-qr-code></div>
      <vant-copy-field
        label=${msg('Invite link')}
        value=${link}
        share-title=${msg('Join me on Vant')}
      ></vant-copy-field>
      <p class="soft small">
        ${msg(str`For one person, until ${formatDateTime(invite.expiresAt)}.`)}
        ${msg('Whoever has the link can come in: send it to that person only. It is shown here once.')}
      </p>
      <vant-button variant="quiet" @click=${() => (this.created = undefined)}
        >${msg('Invite somebody else')}</vant-button
      >
    </div>`;
  }

  #create = async (): Promise<void> => {
    this.isBusy = true;
    this.error = undefined;
    try {
      this.created = await this.context.engine.team.createInvite({ role: this.role, ttlSeconds: this.ttlSeconds });
      this.dispatchEvent(new CustomEvent('created'));
    } catch (error) {
      this.error = errorText(error);
    } finally {
      this.isBusy = false;
    }
  };
}

customElements.define('vant-invite-form', InviteForm);
