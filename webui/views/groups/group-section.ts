/** In the details of a group: who is in it, and what those who may can do about it. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import type { Group } from '../../../client/groups/group.ts';
import type { AppContext } from '../../app/context.ts';
import '../../components/avatar.ts';
import '../../components/badge.ts';
import '../../components/icon-button.ts';
import '../../components/list-item.ts';
import type { MenuItem } from '../../components/menu.ts';
import '../../components/menu.ts';
import '../../components/switch.ts';
import { navigate, pathTo } from '../../platform/router.ts';
import { attempt } from '../../state/notices.ts';
import { ViewElement } from '../../state/watch.ts';
import { base, prose } from '../../styles/shared.ts';
import { faceOf, subjectOf } from '../conversations/describe.ts';
import { askConfirmation } from '../dialogs/ask-confirmation.ts';
import './group-dialog.ts';

type Member = Group['members'][number];

export class GroupSection extends ViewElement {
  static override properties = { context: { attribute: false }, group: { attribute: false }, task: { state: true } };
  static override styles = [
    base,
    prose,
    css`
      :host {
        display: block;
        margin-bottom: var(--space-4);
      }
      h3 {
        margin-bottom: var(--space-1);
        font-size: var(--text-s);
        color: var(--color-text-soft);
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        min-height: 3rem;
      }
      .name {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      vant-list-item {
        margin: 0 calc(-1 * var(--space-3));
      }
    `,
  ];

  declare context: AppContext;
  declare group: Group;
  declare task: 'edit' | 'add' | undefined;

  protected override render(): TemplateResult {
    const { group } = this;
    const count = group.members.length;
    return html`<h3>${count === 1 ? msg('1 member') : msg(str`${count} members`)}</h3>
      <ul>
        ${group.members.map((member) => this.#renderMember(member))}
      </ul>
      ${group.canAddMembers ? this.#action('user-plus', msg('Add members'), () => (this.task = 'add')) : nothing}
      ${group.canEdit ? this.#action('pencil', msg('Edit name, picture and description'), () => (this.task = 'edit')) : nothing}
      ${group.isAdmin ? this.#renderAccess() : nothing}
      ${
        group.isMember
          ? html`<vant-list-item
              is-action
              danger
              icon="log-out"
              heading=${msg('Leave the group')}
              @click=${() => void this.#leave()}
            ></vant-list-item>`
          : nothing
      }
      ${
        this.task === undefined
          ? nothing
          : html`<vant-group-dialog
              .context=${this.context}
              .group=${group}
              .task=${this.task}
              @close=${() => (this.task = undefined)}
            ></vant-group-dialog>`
      }`;
  }

  #action(icon: 'user-plus' | 'pencil', heading: string, run: () => void): TemplateResult {
    return html`<vant-list-item is-action icon=${icon} heading=${heading} @click=${run}></vant-list-item>`;
  }

  #renderAccess(): TemplateResult {
    const { addMembers, editAttributes, id } = this.group;
    const { groups } = this.context.engine;
    const level = (isForAll: boolean): 'members' | 'admins' => (isForAll ? 'members' : 'admins');
    return html`<vant-switch
        label=${msg('All members may add others')}
        .isChecked=${addMembers === 'members'}
        @input-change=${({ detail }: CustomEvent<boolean>) =>
          void attempt(() => groups.setAccess(id, { addMembers: level(detail) }))}
      ></vant-switch>
      <vant-switch
        label=${msg('All members may edit the group')}
        .isChecked=${editAttributes === 'members'}
        @input-change=${({ detail }: CustomEvent<boolean>) =>
          void attempt(() => groups.setAccess(id, { editAttributes: level(detail) }))}
      ></vant-switch>`;
  }

  #renderMember(member: Member): TemplateResult {
    const { state } = this.context;
    const face = faceOf(state, member.accountId);
    const isSelf = member.accountId === state.account.value?.accountId;
    return html`<li>
      <vant-avatar
        size="s"
        name=${state.directory.nameOf(member.accountId)}
        identity=${member.accountId}
        .picture=${face.picture}
        .pictureType=${face.pictureType}
      ></vant-avatar>
      <span class="name" dir="auto">${subjectOf(state, member.accountId)}</span>
      ${member.isAdmin ? html`<vant-badge tone="quiet">${msg('Admin')}</vant-badge>` : nothing}
      ${
        isSelf
          ? nothing
          : html`<vant-menu
              label=${face.name}
              .items=${this.#memberMenu(member)}
              @choose=${({ detail }: CustomEvent<string>) => void this.#change(member, detail)}
            >
              <vant-icon-button
                slot="trigger"
                size="small"
                icon="ellipsis-vertical"
                label=${msg(str`Options for ${face.name}`)}
                popup="menu"
              ></vant-icon-button>
            </vant-menu>`
      }
    </li>`;
  }

  #memberMenu({ accountId, isAdmin }: Member): MenuItem[] {
    const items: MenuItem[] = [
      { id: 'message', label: msg('Message'), icon: 'message-circle', href: pathTo('conversation', accountId) },
      { id: 'verify', label: msg('Safety number'), icon: 'shield-check', href: pathTo('safety-number', accountId) },
    ];
    if (!this.group.isAdmin) return items;
    return [
      ...items,
      isAdmin
        ? { id: 'demote', label: msg('No longer an admin'), icon: 'user' }
        : { id: 'promote', label: msg('Make an admin'), icon: 'crown' },
      { id: 'remove', label: msg('Remove from the group'), icon: 'user-minus', isDanger: true, hasLine: true },
    ];
  }

  async #change({ accountId }: Member, action: string): Promise<void> {
    const { groups } = this.context.engine;
    const { id } = this.group;
    if (action === 'promote' || action === 'demote')
      await attempt(() => groups.setAdmin(id, accountId, action === 'promote'));
    if (action !== 'remove') return;
    const name = this.context.state.directory.nameOf(accountId);
    const isSure = await askConfirmation({
      heading: msg(str`Remove ${name} from the group?`),
      text: msg('They keep what was written until now, and get nothing that is written from now on.'),
      confirm: msg('Remove'),
      isDanger: true,
    });
    if (isSure) await attempt(() => groups.remove(id, accountId));
  }

  async #leave(): Promise<void> {
    const { id, title } = this.group;
    const isSure = await askConfirmation({
      heading: msg(str`Leave “${title}”?`),
      text: msg('You keep what was written until now. To come back, a member has to add you.'),
      confirm: msg('Leave'),
      isDanger: true,
    });
    if (isSure && (await attempt(() => this.context.engine.groups.leave(id)))) navigate('conversation', id);
  }
}

customElements.define('vant-group-section', GroupSection);
