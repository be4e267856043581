/** Whether and how this browser tells of new messages. */
import { msg } from '@lit/localize';
import { html, nothing, type TemplateResult } from 'lit';
import '../../components/switch.ts';
import '../../components/tabs.ts';
import type { NotificationSettings, Preview } from '../../../client/account/notification-settings.ts';
import { browserKindOf } from '../../platform/notifications/push-rules.ts';
import { pushUpkeepOf, type PushReport, type PushUpkeep } from '../../platform/notifications/push-upkeep.ts';
import { pathTo } from '../../platform/router.ts';
import { attempt } from '../../state/notices.ts';
import { Resource } from '../../state/resource.ts';
import { PageView } from '../page-view.ts';
import { describeInstalling, describeUnblocking } from './notification-help.ts';
import './push-section.ts';
import './quiet-hours-section.ts';

interface PageData {
  readonly settings: NotificationSettings;
  /** The messages are under a passphrase or passkey. */
  readonly isLockable: boolean;
}

export class NotificationsPage extends PageView {
  readonly #data = new Resource<PageData>(async () => {
    const { client, vault } = this.context.engine;
    const [settings, { hasPassphrase, passkeys }] = await Promise.all([client.notificationSettings(), vault.status()]);
    return { settings, isLockable: hasPassphrase || passkeys.length > 0 };
  });
  #stopListening: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#data.load();
    this.#stopListening = this.context.engine.on('settings', () => void this.#data.load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopListening();
  }

  get #upkeep(): PushUpkeep {
    return pushUpkeepOf(this.context.engine);
  }

  protected override render(): TemplateResult {
    const report = this.#upkeep.report.value;
    const isActive = report.isOn && report.permission === 'granted';
    return html`<vant-page beside heading=${msg('Notifications')} back-href=${pathTo('settings')}>
      ${this.#data.render((data) => this.#renderDevice(data, report))}
      <vant-quiet-hours-section .context=${this.context}></vant-quiet-hours-section>
      ${isActive ? html`<vant-push-section .context=${this.context}></vant-push-section>` : nothing}
    </vant-page>`;
  }

  #renderDevice({ settings, isLockable }: PageData, report: PushReport): TemplateResult {
    const isActive = report.isOn && report.permission === 'granted';
    return html`<vant-section
      heading=${msg('This browser')}
      hint=${msg('No push carries content, sender or conversation: it only wakes this browser, which then fetches and decrypts by itself.')}
    >
      ${this.#renderPermission(report)} ${isActive ? this.#renderChoices(settings) : nothing}
      ${
        isActive && isLockable
          ? html`<vant-row
              icon="lock-keyhole"
              heading=${msg('While your messages are locked')}
              detail=${msg('Only you can open them, so a notification says no more than “New message” while Vant is locked or closed.')}
            ></vant-row>`
          : nothing
      }
    </vant-section>`;
  }

  #renderPermission({ permission, isOn }: PushReport): TemplateResult {
    const browser = browserKindOf(navigator.userAgent, navigator.maxTouchPoints);
    switch (permission) {
      case 'unsupported':
        return html`<vant-row
          icon="bell-off"
          heading=${msg('This browser has no notifications')}
          detail=${msg('New messages arrive while Vant is open. A private window or an old browser may be the reason.')}
        ></vant-row>`;
      case 'needs-install':
        return html`<vant-row
          icon="bell-off"
          heading=${msg('Put Vant on the home screen first')}
          detail=${describeInstalling()}
        ></vant-row>`;
      case 'denied':
        return html`<vant-row
          icon="bell-off"
          heading=${msg('The browser blocks notifications from Vant')}
          detail=${describeUnblocking(browser)}
        ></vant-row>`;
      default:
        return html`<div class="pad">
          <vant-switch
            label=${msg('Notifications')}
            help=${msg('Of new messages, reactions and calls while nobody looks at Vant.')}
            ?checked=${isOn && permission === 'granted'}
            @input-change=${this.#switch}
          ></vant-switch>
        </div>`;
    }
  }

  #renderChoices({ preview, mentionsWhenMuted }: NotificationSettings): TemplateResult {
    return html`<vant-row
        stacked
        heading=${msg('What they show')}
        detail=${msg('Also on a locked screen, where others may see it.')}
      >
        <vant-tabs
          variant="segmented"
          label=${msg('What they show')}
          value=${preview}
          .items=${[
            { value: 'full', label: msg('Name and text') },
            { value: 'name', label: msg('Name') },
            { value: 'nothing', label: msg('Neither') },
          ]}
          @input-change=${({ detail }: CustomEvent<Preview>) => this.#set({ preview: detail })}
        ></vant-tabs>
      </vant-row>
      <div class="pad">
        <vant-switch
          label=${msg('Mentions in muted groups')}
          help=${msg('Whoever mentions you reaches you, though the group is muted.')}
          ?checked=${mentionsWhenMuted}
          @input-change=${({ detail }: CustomEvent<boolean>) => this.#set({ mentionsWhenMuted: detail })}
        ></vant-switch>
      </div>`;
  }

  #set(change: Partial<NotificationSettings>): void {
    void attempt(() => this.context.engine.client.setNotificationSettings(change));
  }

  #switch = ({ detail }: CustomEvent<boolean>): void =>
    void attempt(async () => {
      if (detail) await this.#upkeep.turnOn();
      else await this.#upkeep.turnOff();
      this.requestUpdate();
    });
}

customElements.define('vant-notifications-page', NotificationsPage);
