/** All invites of the team. */
import { msg } from '@lit/localize';
import { html, type TemplateResult } from 'lit';
import { pathTo } from '../../platform/router.ts';
import '../invite/invite-form.ts';
import '../invite/invite-list.ts';
import type { InviteList } from '../invite/invite-list.ts';
import { PageView } from '../page-view.ts';

export class TeamInvitesPage extends PageView {
  protected override render(): TemplateResult {
    return html`<vant-page beside heading=${msg('Invites')} back-href=${pathTo('admin')}>
      <vant-section heading=${msg('Invite somebody')}>
        <div class="pad">
          <vant-invite-form .context=${this.context} @created=${this.#onCreated}></vant-invite-form>
        </div>
      </vant-section>
      <vant-invite-list .context=${this.context}></vant-invite-list>
    </vant-page>`;
  }

  #onCreated = (): void => this.renderRoot.querySelector<InviteList>('vant-invite-list')?.refresh();
}

customElements.define('vant-team-invites-page', TeamInvitesPage);
