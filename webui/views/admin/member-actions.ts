/** What owners and admins do about a member: another role, removal. Shows nothing to those who may not. Gives `changed`. */
import { msg, str } from '@lit/localize';
import { html, nothing, type TemplateResult } from 'lit';
import '../../components/button.ts';
import '../../components/confirm-dialog.ts';
import '../../components/row.ts';
import '../../components/section.ts';
import '../../components/select.ts';
import type { DirectoryEntry } from '../../../client/directory/directory.ts';
import type { Role } from '../../../wire/schemas.ts';
import type { AppContext } from '../../app/context.ts';
import { roleMeaning, roleName, ROLES } from '../../i18n/roles.ts';
import { nameOf } from '../../state/member-names.ts';
import { attempt } from '../../state/notices.ts';
import { ownRole } from '../../state/own-role.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';

export class MemberActions extends ViewElement {
  static override properties = {
    context: { attribute: false },
    member: { attribute: false },
    newRole: { state: true },
    isRemoving: { state: true },
    isBusy: { state: true },
  };
  static override styles = content;

  declare context: AppContext;
  declare member: DirectoryEntry;
  declare newRole: Role | undefined;
  declare isRemoving: boolean;
  declare isBusy: boolean;

  constructor() {
    super();
    this.isRemoving = false;
    this.isBusy = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    const role = ownRole(this.context.state);
    // An admin has no say over owners and other admins.
    const mayRemove = role === 'owner' || (role === 'admin' && this.member.role === 'member');
    if (!this.member.isMember || !mayRemove) return nothing;
    return html`<vant-section heading=${msg('Administration')}>
        ${role === 'owner' ? this.#renderRole() : nothing}
        <vant-row
          icon="user-minus"
          heading=${msg('Remove from the team')}
          detail=${msg('Their devices are signed out at once.')}
        >
          <vant-button variant="danger" @click=${() => (this.isRemoving = true)}>${msg('Remove …')}</vant-button>
        </vant-row>
      </vant-section>
      ${this.newRole === undefined ? nothing : this.#renderRoleDialog(this.newRole)}
      ${this.isRemoving ? this.#renderRemovalDialog() : nothing}`;
  }

  get #name(): string {
    return nameOf(this.context.state.members.value, this.member.accountId);
  }

  #renderRole(): TemplateResult {
    const { role } = this.member;
    return html`<vant-row icon="crown" heading=${msg('Role')} detail=${roleMeaning(role)}>
      <vant-select
        label=${msg('Role')}
        label-hidden
        .value=${this.newRole ?? role}
        .options=${ROLES.map((each) => ({ value: each, label: roleName(each) }))}
        @input-change=${({ detail }: CustomEvent<Role>) => (this.newRole = detail === role ? undefined : detail)}
      ></vant-select>
    </vant-row>`;
  }

  #renderRoleDialog(role: Role): TemplateResult {
    const heading = msg(str`Give ${this.#name} the role “${roleName(role)}”?`);
    const close = (): void => (this.newRole = undefined);
    return html`<vant-confirm-dialog
      heading=${heading}
      action=${msg('Change the role')}
      ?busy=${this.isBusy}
      @confirm=${() => this.#setRole(role, false)}
      @close=${close}
    >
      <div class="stack">
        <p>${roleMeaning(role)}</p>
        ${
          role === 'owner'
            ? html`<p>${msg('You stay an owner, too. To hand the team over, give your own role back:')}</p>
                <vant-button icon="crown" ?busy=${this.isBusy} @click=${() => this.#setRole(role, true)}
                  >${msg('Hand over, and become an admin')}</vant-button
                >`
            : nothing
        }
      </div>
    </vant-confirm-dialog>`;
  }

  #renderRemovalDialog(): TemplateResult {
    return html`<vant-confirm-dialog
      danger
      heading=${msg(str`Remove ${this.#name} from the team?`)}
      action=${msg('Remove')}
      typed=${this.#name}
      ?busy=${this.isBusy}
      @confirm=${this.#remove}
      @close=${() => (this.isRemoving = false)}
    >
      <ul class="plain">
        <li>${msg('All their devices are signed out now, and messages that wait for them are deleted.')}</li>
        <li>${msg('They can write to nobody here any more, and nobody to them.')}</li>
        <li>${msg('What they have received stays on their devices, and what they have written on yours.')}</li>
        <li>${msg('To come back they need a new invite, and get a new safety number.')}</li>
      </ul>
    </vant-confirm-dialog>`;
  }

  async #setRole(role: Role, isHandOver: boolean): Promise<void> {
    const { team } = this.context.engine;
    const self = this.context.state.account.value;
    await this.#change(async () => {
      await team.setRole(this.member.accountId, role);
      if (isHandOver && self !== undefined) await team.setRole(self.accountId, 'admin');
    }, msg('The role was changed.'));
    this.newRole = undefined;
  }

  #remove = async (): Promise<void> => {
    await this.#change(
      () => this.context.engine.team.removeMember(this.member.accountId),
      msg(str`${this.#name} was removed from the team.`),
    );
    this.isRemoving = false;
  };

  async #change(work: () => Promise<void>, done: string): Promise<void> {
    this.isBusy = true;
    if (await attempt(work, done)) this.dispatchEvent(new CustomEvent('changed'));
    this.isBusy = false;
  }
}

customElements.define('vant-member-actions', MemberActions);
