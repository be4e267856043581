/** The pages for owners and admins. The server holds to the roles by itself: here they only decide what is shown. */
import { msg } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import type { IconName } from '../../components/icon-shapes.ts';
import '../../components/empty-state.ts';
import type { PageEntry } from '../../components/split-page.ts';
import '../../components/split-page.ts';
import type { AppContext } from '../../app/context.ts';
import { pathTo } from '../../platform/router.ts';
import { ownRole } from '../../state/own-role.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';
import './charts-page.ts';
import './checkup-page.ts';
import './configuration-page.ts';
import './connections-page.ts';
import './members-page.ts';
import './status-page.ts';
import './team-invites-page.ts';

const DEFAULT_PAGE = 'members';

export class AdminView extends ViewElement {
  static override properties = { context: { attribute: false }, route: { attribute: false } };
  static override styles = [
    ...content,
    css`
      :host {
        height: 100%;
      }
    `,
  ];

  declare context: AppContext;
  declare route: readonly string[];

  protected override render(): TemplateResult {
    const [, page, id] = this.route;
    if (ownRole(this.context.state) === 'member')
      return html`<vant-empty-state icon="lock-keyhole" heading=${msg('This is for owners and admins')}>
        ${msg('Ask an owner of your team if you need to see it.')}
        <vant-button slot="actions" variant="primary" href=${pathTo()}>${msg('Back')}</vant-button>
      </vant-empty-state>`;
    return html`<vant-split-page
      heading=${msg('Administration')}
      back-href=${pathTo('settings')}
      .entries=${entries(page ?? DEFAULT_PAGE)}
      ?open=${page !== undefined}
    >
      ${renderPage(page ?? DEFAULT_PAGE, id, this.context)}
    </vant-split-page>`;
  }
}

function entries(current: string): PageEntry[] {
  const entry = (page: string, icon: IconName, label: string, startsGroup = false): PageEntry => ({
    href: pathTo('admin', page),
    isCurrent: page === current,
    ...{ icon, label, startsGroup },
  });
  return [
    entry('members', 'users', msg('Members')),
    entry('invites', 'user-plus', msg('Invites')),
    entry('status', 'server', msg('Status'), true),
    entry('checkup', 'list-checks', msg('Check-up')),
    entry('charts', 'history', msg('Figures over time')),
    entry('connections', 'signal-high', msg('Connections of members')),
    entry('configuration', 'settings', msg('Configuration')),
  ];
}

function renderPage(page: string, id: string | undefined, context: AppContext): TemplateResult {
  switch (page) {
    case 'invites':
      return html`<vant-team-invites-page .context=${context}></vant-team-invites-page>`;
    case 'status':
      return html`<vant-status-page .context=${context}></vant-status-page>`;
    case 'checkup':
      return html`<vant-checkup-page .context=${context}></vant-checkup-page>`;
    case 'charts':
      return html`<vant-charts-page .context=${context}></vant-charts-page>`;
    case 'connections':
      return html`<vant-connections-page .context=${context}></vant-connections-page>`;
    case 'configuration':
      return html`<vant-configuration-page .context=${context}></vant-configuration-page>`;
    default:
      return html`<vant-members-page .context=${context} .chosen=${id}></vant-members-page>`;
  }
}

customElements.define('vant-admin-view', AdminView);
