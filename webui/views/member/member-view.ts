/** A member (`#/member/<id>`): who they are, how far they are trusted, and what can be done. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import '../../components/avatar.ts';
import '../../components/badge.ts';
import type { DirectoryEntry } from '../../../client/directory/directory.ts';
import type { IdentityState } from '../../../client/directory/identity-state.ts';
import type { AccountId } from '../../../wire/ids.ts';
import { formatDate } from '../../i18n/format.ts';
import { roleName } from '../../i18n/roles.ts';
import { pathTo } from '../../platform/router.ts';
import { nameOf } from '../../state/member-names.ts';
import { attempt } from '../../state/notices.ts';
import { Resource } from '../../state/resource.ts';
import '../admin/member-actions.ts';
import { PageView } from '../page-view.ts';

export class MemberView extends PageView {
  static override properties = { ...PageView.properties, accountId: { attribute: false } };
  static override styles = [
    ...PageView.styles,
    css`
      .head {
        display: grid;
        justify-items: center;
        gap: var(--space-2);
        text-align: center;
      }
      h2 {
        font-size: var(--text-xl);
      }
    `,
  ];

  declare accountId: AccountId;
  readonly #state = new Resource(() => this.context.engine.team.identityState(this.accountId));

  #stopListening: readonly (() => void)[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#state.load();
    this.#stopListening = (['identityChanged', 'settings'] as const).map((name) =>
      this.context.engine.on(name, () => void this.#state.load()),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.#stopListening) stop();
  }

  protected override render(): TemplateResult {
    const member = this.context.state.members.value.get(this.accountId);
    return html`<vant-page heading=${msg('Member')} back-href=${pathTo('conversation', this.accountId)}>
      ${
        member === undefined
          ? html`<vant-banner tone="warning">${msg('There is no such member in this team.')}</vant-banner>`
          : html`${this.#renderHead(member)} ${this.#renderActions(member)}`
      }
    </vant-page>`;
  }

  get #isSelf(): boolean {
    return this.accountId === this.context.state.account.value?.accountId;
  }

  #renderHead({ accountId, role, profile, isMember, createdAt }: DirectoryEntry): TemplateResult {
    const name = nameOf(this.context.state.members.value, accountId);
    return html`<div class="head">
      <vant-avatar
        size="xl"
        name=${name}
        identity=${accountId}
        .picture=${profile?.avatar}
        .pictureType=${profile?.avatarContentType}
      ></vant-avatar>
      <h2>${name}</h2>
      ${profile?.about ? html`<p class="soft">${profile.about}</p>` : nothing}
      <div class="actions">
        <vant-badge tone="quiet">${isMember ? roleName(role) : msg('Has left the team')}</vant-badge>
        ${this.#state.value?.isVerified === true ? html`<vant-badge tone="good">${msg('Verified')}</vant-badge>` : nothing}
        ${this.#state.value?.isBlocked === true ? html`<vant-badge tone="danger">${msg('Blocked')}</vant-badge>` : nothing}
      </div>
      <p class="soft small">${msg(str`In the team since ${formatDate(createdAt)}`)}</p>
    </div>`;
  }

  #renderActions(member: DirectoryEntry): TemplateResult {
    if (this.#isSelf)
      return html`<vant-section>
        <vant-row icon="user" heading=${msg('Your profile')} href=${pathTo('settings', 'profile')}></vant-row>
        <vant-row
          icon="message-circle"
          heading=${msg('Notes to yourself')}
          href=${pathTo('conversation', this.accountId)}
        ></vant-row>
      </vant-section>`;
    return html`<vant-section>
        <vant-row
          icon="message-circle"
          heading=${msg('Write a message')}
          href=${pathTo('conversation', this.accountId)}
        ></vant-row>
        ${this.#state.render((state) => this.#renderTrust(state))}
      </vant-section>
      <vant-member-actions
        .context=${this.context}
        .member=${member}
        @changed=${() => void this.context.state.refreshMembers()}
      ></vant-member-actions>`;
  }

  #renderTrust({ isChanged, isVerified, isBlocked }: IdentityState): TemplateResult {
    return html`${
        isChanged
          ? html`<vant-row
              icon="shield-alert"
              heading=${msg('Safety number changed')}
              detail=${msg('Nothing is sent until you accept the new key.')}
              href=${pathTo('identity', this.accountId)}
            ></vant-row>`
          : nothing
      }
      <vant-row
        icon=${isVerified ? 'shield-check' : 'fingerprint'}
        heading=${msg('Safety number')}
        detail=${isVerified ? msg('Compared, and the same.') : msg('Compare it to know that nobody reads along.')}
        href=${pathTo('safety-number', this.accountId)}
      ></vant-row>
      <vant-row
        icon="ban"
        heading=${isBlocked ? msg('Blocked') : msg('Block')}
        detail=${msg('What they write to you is dropped, and they are not told.')}
      >
        <vant-button @click=${() => this.#setBlocked(!isBlocked)}
          >${isBlocked ? msg('Unblock') : msg('Block')}</vant-button
        >
      </vant-row>`;
  }

  async #setBlocked(isBlocked: boolean): Promise<void> {
    await attempt(() => this.context.engine.team.setBlocked(this.accountId, isBlocked));
    await this.#state.load();
  }
}

customElements.define('vant-member-view', MemberView);
