/** Everybody in the team, with what the server knows of them. The names are decrypted here. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import '../../components/avatar.ts';
import '../../components/badge.ts';
import '../../components/text-field.ts';
import type { DirectoryEntry } from '../../../client/directory/directory.ts';
import type { AccountQueues } from '../../../wire/admin-schemas.ts';
import { formatBytes, formatDate, formatNumber, formatRelative, plural } from '../../i18n/format.ts';
import { roleName } from '../../i18n/roles.ts';
import { pathTo } from '../../platform/router.ts';
import { nameOf, sortedMembers } from '../../state/member-names.ts';
import { Resource } from '../../state/resource.ts';
import { PageView } from '../page-view.ts';
import './member-actions.ts';

export class MembersPage extends PageView {
  static override properties = {
    ...PageView.properties,
    chosen: { attribute: false },
    query: { state: true },
  };
  static override styles = [
    ...PageView.styles,
    css`
      .found {
        display: grid;
      }
    `,
  ];

  /** AccountId of the member whose page is open. */
  declare chosen: string | undefined;
  declare query: string;
  readonly #status = new Resource(() => this.context.engine.team.adminStatus());

  constructor() {
    super();
    this.query = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#status.load();
    void this.context.state.refreshMembers();
  }

  protected override render(): TemplateResult {
    const members = this.context.state.members.value;
    const member = this.chosen === undefined ? undefined : members.get(this.chosen);
    if (member !== undefined) return this.#renderMember(member);
    const all = sortedMembers(members);
    const found = all.filter(({ accountId }) =>
      nameOf(members, accountId).toLocaleLowerCase().includes(this.query.toLocaleLowerCase()),
    );
    const count = formatNumber(all.length);
    return html`<vant-page beside heading=${msg('Members')} back-href=${pathTo('admin')}>
      <vant-button slot="actions" icon="user-plus" href=${pathTo('admin', 'invites')}
        >${msg('Invite people')}</vant-button
      >
      <vant-text-field
        type="search"
        icon="search"
        label=${msg('Search members')}
        label-hidden
        placeholder=${msg('Search members')}
        @input-change=${({ detail }: CustomEvent<string>) => (this.query = detail)}
      ></vant-text-field>
      <vant-section
        heading=${plural(all.length, { one: msg(str`${count} member`), other: msg(str`${count} members`) })}
        hint=${msg('Names are decrypted in this browser. The server knows its members as random numbers.')}
      >
        ${found.map((each) => this.#renderRow(each))}
        ${found.length === 0 ? html`<vant-row heading=${msg('Nobody has such a name.')}></vant-row>` : nothing}
      </vant-section>
    </vant-page>`;
  }

  #renderRow({ accountId, role, createdAt, profile }: DirectoryEntry): TemplateResult {
    const name = nameOf(this.context.state.members.value, accountId);
    const waiting = this.#queuesOf(accountId)?.envelopes ?? 0;
    return html`<vant-row
      heading=${name}
      detail=${msg(str`In the team since ${formatDate(createdAt)}`)}
      href=${pathTo('admin', 'members', accountId)}
    >
      <vant-avatar
        slot="start"
        size="s"
        name=${name}
        identity=${accountId}
        .picture=${profile?.avatar}
        .pictureType=${profile?.avatarContentType}
      ></vant-avatar>
      ${waiting > 0 ? html`<vant-badge tone="quiet">${msg(str`${formatNumber(waiting)} waiting`)}</vant-badge>` : nothing}
      ${role === 'member' ? nothing : html`<vant-badge tone="good">${roleName(role)}</vant-badge>`}
    </vant-row>`;
  }

  #renderMember(member: DirectoryEntry): TemplateResult {
    const { accountId, role, createdAt } = member;
    const name = nameOf(this.context.state.members.value, accountId);
    const isSelf = accountId === this.context.state.account.value?.accountId;
    return html`<vant-page heading=${name} back-href=${pathTo('admin', 'members')}>
      <vant-section>
        <vant-row heading=${msg('Role')}>${roleName(role)}</vant-row>
        <vant-row heading=${msg('In the team since')}>${formatDate(createdAt)}</vant-row>
        <vant-row heading=${msg('Account')} detail=${accountId}></vant-row>
        ${this.#renderQueues(accountId)}
        <vant-row icon="user" heading=${msg('Page of this member')} href=${pathTo('member', accountId)}></vant-row>
      </vant-section>
      ${
        isSelf
          ? nothing
          : html`<vant-member-actions
              .context=${this.context}
              .member=${member}
              @changed=${() => void this.context.state.refreshMembers()}
            ></vant-member-actions>`
      }
    </vant-page>`;
  }

  #renderQueues(accountId: string): TemplateResult {
    const queues = this.#queuesOf(accountId);
    if (queues === undefined) return html`<vant-row heading=${msg('Messages that wait')}>${formatNumber(0)}</vant-row>`;
    const { devices } = queues;
    return html`${devices.map(
      ({ deviceId, envelopes, bytes, oldestAt }) =>
        html`<vant-row
          heading=${msg(str`Messages that wait for device ${deviceId}`)}
          detail=${oldestAt === undefined ? nothing : msg(str`The oldest came ${formatRelative(oldestAt)}.`)}
        >
          ${formatNumber(envelopes)}, ${formatBytes(bytes)}
        </vant-row>`,
    )}`;
  }

  #queuesOf(accountId: string): AccountQueues | undefined {
    return this.#status.value?.queues.accounts.find((each) => each.accountId === accountId);
  }
}

customElements.define('vant-members-page', MembersPage);
