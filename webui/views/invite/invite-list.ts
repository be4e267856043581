/** Invites that are open, and those that were used lately: until when, by whom, and the way to take one back. */
import { msg, str } from '@lit/localize';
import { html, nothing, type TemplateResult } from 'lit';
import '../../components/badge.ts';
import '../../components/button.ts';
import '../../components/confirm-dialog.ts';
import '../../components/row.ts';
import '../../components/section.ts';
import type { AppContext } from '../../app/context.ts';
import type { Invite } from '../../../wire/schemas.ts';
import { formatDateTime, formatRelative } from '../../i18n/format.ts';
import { roleName } from '../../i18n/roles.ts';
import { nameOf } from '../../state/member-names.ts';
import { attempt } from '../../state/notices.ts';
import { Resource } from '../../state/resource.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';

export class InviteList extends ViewElement {
  static override properties = { context: { attribute: false }, revoked: { state: true } };
  static override styles = content;

  declare context: AppContext;
  declare revoked: Invite | undefined;
  readonly #invites = new Resource(() => this.context.engine.team.invites());

  override connectedCallback(): void {
    super.connectedCallback();
    this.refresh();
  }

  refresh(): void {
    void this.#invites.load();
  }

  protected override render(): TemplateResult {
    return html`${this.#invites.render((invites) => this.#renderInvites(invites))}
    ${
      this.revoked === undefined
        ? nothing
        : html`<vant-confirm-dialog
            danger
            heading=${msg('Revoke this invite?')}
            action=${msg('Revoke')}
            @confirm=${this.#revoke}
            @close=${() => (this.revoked = undefined)}
            >${msg('The link stops working at once. Whoever has come in with it stays in the team.')}</vant-confirm-dialog
          >`
    }`;
  }

  #renderInvites(invites: readonly Invite[]): TemplateResult {
    const newestFirst = invites.toSorted((a, b) => b.createdAt - a.createdAt);
    const open = newestFirst.filter(({ usedBy }) => usedBy === undefined);
    const used = newestFirst.filter(({ usedBy }) => usedBy !== undefined);
    return html`<div class="stack">
      <vant-section heading=${msg('Open invites')}>
        ${
          open.length === 0
            ? html`<vant-row heading=${msg('There is no open invite.')}></vant-row>`
            : open.map((invite) => this.#renderOpen(invite))
        }
      </vant-section>
      ${
        used.length === 0
          ? nothing
          : html`<vant-section
              heading=${msg('Used invites')}
              hint=${msg('The server forgets who made an invite when it is used, and the invite itself when it expires.')}
              >${used.map((invite) => this.#renderUsed(invite))}</vant-section
            >`
      }
    </div>`;
  }

  #renderOpen(invite: Invite): TemplateResult {
    const { members } = this.context.state;
    const { createdBy, expiresAt, role } = invite;
    const by = createdBy === undefined ? '' : msg(str`Made by ${nameOf(members.value, createdBy)}.`);
    return html`<vant-row
      icon="link"
      heading=${msg(str`Expires ${formatRelative(expiresAt)}`)}
      detail=${[by, formatDateTime(expiresAt)].filter(Boolean).join(' ')}
    >
      <vant-badge slot="beside" tone="quiet">${roleName(role)}</vant-badge>
      <vant-button @click=${() => (this.revoked = invite)}>${msg('Revoke')}</vant-button>
    </vant-row>`;
  }

  #renderUsed({ usedBy = '', role, createdAt }: Invite): TemplateResult {
    const { members } = this.context.state;
    return html`<vant-row
      icon="user-plus"
      heading=${msg(str`${nameOf(members.value, usedBy)} has joined with it`)}
      detail=${msg(str`Made on ${formatDateTime(createdAt)}`)}
    >
      <vant-badge slot="beside" tone="quiet">${roleName(role)}</vant-badge>
    </vant-row>`;
  }

  #revoke = async (): Promise<void> => {
    const invite = this.revoked;
    this.revoked = undefined;
    if (invite === undefined) return;
    await attempt(() => this.context.engine.team.revokeInvite(invite.inviteId), msg('The invite was revoked.'));
    this.refresh();
  };
}

customElements.define('vant-invite-list', InviteList);
