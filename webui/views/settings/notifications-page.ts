/** Whether and how this browser tells of new messages. */
import { msg } from '@lit/localize';
import { html, type TemplateResult } from 'lit';
import { pathTo } from '../../platform/router.ts';
import { PageView } from '../page-view.ts';

export class NotificationsPage extends PageView {
  protected override render(): TemplateResult {
    return html`<vant-page beside heading=${msg('Notifications')} back-href=${pathTo('settings')}>
      <vant-section hint=${msg('New messages arrive while Vant is open in this browser, in any tab.')}>
        <vant-row
          icon="bell-off"
          heading=${msg('Notifications are not available here yet')}
          detail=${msg('Vant does not wake this browser while it is closed. What was sent meanwhile is there when you come back.')}
        ></vant-row>
      </vant-section>
    </vant-page>`;
  }
}

customElements.define('vant-notifications-page', NotificationsPage);
