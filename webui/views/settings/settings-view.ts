/** The settings: a list of pages and the chosen one. */
import { msg } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import type { IconName } from '../../components/icon-shapes.ts';
import type { PageEntry } from '../../components/split-page.ts';
import '../../components/split-page.ts';
import type { AppContext } from '../../app/context.ts';
import { pathTo } from '../../platform/router.ts';
import { ownRole } from '../../state/own-role.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';
import './about-page.ts';
import './appearance-page.ts';
import './calls-page.ts';
import './connection-page.ts';
import './devices-page.ts';
import './invites-page.ts';
import './keyboard-page.ts';
import './notifications-page.ts';
import './privacy-page.ts';
import './profile-page.ts';
import './server-records-page.ts';
import './storage-page.ts';

const DEFAULT_PAGE = 'profile';

export class SettingsView extends ViewElement {
  static override properties = {
    context: { attribute: false },
    route: { attribute: false },
    deviceLink: { attribute: false },
  };
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
  /** Of a device that waits to be linked. */
  declare deviceLink: string | undefined;

  protected override render(): TemplateResult {
    const [, page] = this.route;
    const { context } = this;
    return html`<vant-split-page
      heading=${msg('Settings')}
      back-href=${pathTo()}
      .entries=${this.#entries(page ?? DEFAULT_PAGE)}
      ?open=${page !== undefined}
    >
      ${renderPage(page ?? DEFAULT_PAGE, context, this.deviceLink)}
    </vant-split-page>`;
  }

  #entries(current: string): PageEntry[] {
    const entry = (page: string, icon: IconName, label: string, startsGroup = false): PageEntry => ({
      href: pathTo('settings', page),
      isCurrent: page === current,
      ...{ icon, label, startsGroup },
    });
    const admin: PageEntry[] =
      ownRole(this.context.state) === 'member'
        ? []
        : [
            {
              href: pathTo('admin'),
              isCurrent: false,
              icon: 'server',
              label: msg('Administration'),
              startsGroup: true,
            },
          ];
    return [
      entry('profile', 'user', msg('Profile')),
      entry('appearance', 'palette', msg('Appearance')),
      entry('notifications', 'bell', msg('Notifications')),
      entry('privacy', 'lock-keyhole', msg('Privacy')),
      entry('calls', 'phone', msg('Calls')),
      entry('devices', 'laptop', msg('Devices'), true),
      entry('storage', 'database', msg('Storage and backup')),
      entry('server-records', 'eye', msg('What the server knows about me')),
      entry('invites', 'user-plus', msg('Invites'), true),
      entry('connection', 'signal-high', msg('Connection test')),
      entry('keyboard', 'keyboard', msg('Keyboard shortcuts')),
      entry('about', 'info', msg('About Vant')),
      ...admin,
    ];
  }
}

function renderPage(page: string, context: AppContext, deviceLink: string | undefined): TemplateResult {
  switch (page) {
    case 'appearance':
      return html`<vant-appearance-page></vant-appearance-page>`;
    case 'notifications':
      return html`<vant-notifications-page .context=${context}></vant-notifications-page>`;
    case 'privacy':
      return html`<vant-privacy-page .context=${context}></vant-privacy-page>`;
    case 'calls':
      return html`<vant-calls-page .context=${context}></vant-calls-page>`;
    case 'devices':
    case 'linked':
      return html`<vant-devices-page
        .context=${context}
        .deviceLink=${deviceLink}
        ?just-linked=${page === 'linked'}
      ></vant-devices-page>`;
    case 'storage':
      return html`<vant-storage-page .context=${context}></vant-storage-page>`;
    case 'server-records':
      return html`<vant-server-records-page .context=${context}></vant-server-records-page>`;
    case 'invites':
      return html`<vant-invites-page .context=${context}></vant-invites-page>`;
    case 'connection':
      return html`<vant-connection-page .context=${context}></vant-connection-page>`;
    case 'keyboard':
      return html`<vant-keyboard-page></vant-keyboard-page>`;
    case 'about':
      return html`<vant-about-page .context=${context}></vant-about-page>`;
    default:
      return html`<vant-profile-page .context=${context}></vant-profile-page>`;
  }
}

customElements.define('vant-settings-view', SettingsView);
