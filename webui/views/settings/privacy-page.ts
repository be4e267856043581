/** What others learn of what one does, who may write, and what protects the messages in this browser. */
import { msg } from '@lit/localize';
import { html, type TemplateResult } from 'lit';
import '../../components/avatar.ts';
import '../../components/select.ts';
import '../../components/switch.ts';
import type { Preferences } from '../../../client/account/preferences.ts';
import type { AccountId } from '../../../wire/ids.ts';
import { pathTo } from '../../platform/router.ts';
import { attempt } from '../../state/notices.ts';
import { Resource } from '../../state/resource.ts';
import { expireTimerOptions } from '../../i18n/expire-timers.ts';
import { nameOf } from '../../state/member-names.ts';
import { PageView } from '../page-view.ts';
import './lock-section.ts';

export class PrivacyPage extends PageView {
  readonly #preferences = new Resource(() => this.context.engine.client.preferences());
  readonly #blocked = new Resource(() => this.context.engine.team.blockedMembers());
  #stopListening: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#load();
    // Another own device may change them.
    this.#stopListening = this.context.engine.on('settings', () => this.#load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopListening();
  }

  protected override render(): TemplateResult {
    return html`<vant-page beside heading=${msg('Privacy')} back-href=${pathTo('settings')}>
      ${this.#preferences.render((preferences) => this.#renderPreferences(preferences))}
      <vant-lock-section .context=${this.context}></vant-lock-section>
      ${this.#blocked.render((blocked) => this.#renderBlocked(blocked))}
    </vant-page>`;
  }

  #load(): void {
    void this.#preferences.load();
    void this.#blocked.load();
  }

  #renderPreferences({ readReceipts, typingIndicators, defaultExpireTimerSeconds }: Preferences): TemplateResult {
    return html`<vant-section heading=${msg('Messages')} hint=${msg('These settings hold on all your devices.')}>
      <div class="pad">
        <vant-switch
          label=${msg('Read receipts')}
          help=${msg('Others see when you have read their messages. Without it, you do not see it of them either.')}
          ?checked=${readReceipts}
          @input-change=${({ detail }: CustomEvent<boolean>) => this.#set({ readReceipts: detail })}
        ></vant-switch>
      </div>
      <div class="pad">
        <vant-switch
          label=${msg('Typing indicators')}
          help=${msg('Others see while you write. Without it, you do not see it of them either.')}
          ?checked=${typingIndicators}
          @input-change=${({ detail }: CustomEvent<boolean>) => this.#set({ typingIndicators: detail })}
        ></vant-switch>
      </div>
      <vant-row
        heading=${msg('Disappearing messages')}
        detail=${msg('New conversations that you begin start with this timer. Each side can change it there.')}
      >
        <vant-select
          label=${msg('Disappearing messages')}
          label-hidden
          value=${String(defaultExpireTimerSeconds)}
          .options=${expireTimerOptions()}
          @input-change=${({ detail }: CustomEvent<string>) => this.#set({ defaultExpireTimerSeconds: Number(detail) })}
        ></vant-select>
      </vant-row>
    </vant-section>`;
  }

  #renderBlocked(blocked: readonly AccountId[]): TemplateResult {
    const { members } = this.context.state;
    return html`<vant-section
      heading=${msg('Blocked members')}
      hint=${msg('What they write to you is dropped, and they are not told. In groups you still see them.')}
    >
      ${
        blocked.length === 0
          ? html`<vant-row heading=${msg('You have blocked nobody.')}></vant-row>`
          : blocked.map((accountId) => {
              const profile = members.value.get(accountId)?.profile;
              return html`<vant-row heading=${nameOf(members.value, accountId)}>
                <vant-avatar
                  slot="start"
                  size="s"
                  name=${nameOf(members.value, accountId)}
                  identity=${accountId}
                  .picture=${profile?.avatar}
                  .pictureType=${profile?.avatarContentType}
                ></vant-avatar>
                <vant-button @click=${() => this.#unblock(accountId)}>${msg('Unblock')}</vant-button>
              </vant-row>`;
            })
      }
    </vant-section>`;
  }

  async #set(change: Partial<Preferences>): Promise<void> {
    await attempt(() => this.context.engine.client.setPreferences(change));
    await this.#preferences.load();
  }

  async #unblock(accountId: AccountId): Promise<void> {
    await attempt(() => this.context.engine.team.setBlocked(accountId, false));
    await this.#blocked.load();
  }
}

customElements.define('vant-privacy-page', PrivacyPage);
