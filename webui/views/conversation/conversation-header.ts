/** Above the messages: who they are with. */
import { msg } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import type { AppContext, CallRequest } from '../../app/context.ts';
import '../../components/avatar.ts';
import '../../components/icon-button.ts';
import '../../components/icon.ts';
import type { MenuItem } from '../../components/menu.ts';
import '../../components/menu.ts';
import { formatList } from '../../i18n/format.ts';
import { pathTo } from '../../platform/router.ts';
import { attempt } from '../../state/notices.ts';
import { ViewElement } from '../../state/watch.ts';
import { base, focusRing } from '../../styles/shared.ts';
import { formatTimer } from '../../text/when.ts';
import { conversationMenu, isMuted, runConversationAction } from '../conversations/conversation-actions.ts';
import { faceOf, subjectOf } from '../conversations/describe.ts';

export class ConversationHeader extends ViewElement {
  static override properties = { context: { attribute: false }, conversation: {} };
  static override styles = [
    base,
    focusRing,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: var(--space-1);
        min-height: var(--header-height);
        padding: 0 var(--space-3);
        border-bottom: 1px solid var(--color-line);
      }
      .back {
        display: none;
      }
      .who {
        flex: 1;
        display: flex;
        align-items: center;
        gap: var(--space-3);
        min-width: 0;
        padding: var(--space-1) var(--space-2);
        border: 0;
        border-radius: var(--radius-m);
        font: inherit;
        text-align: start;
        color: inherit;
        background: none;
        cursor: pointer;
      }
      .who:hover {
        background: var(--color-hover);
      }
      vant-avatar {
        --avatar-size: 2.25rem;
      }
      .names {
        min-width: 0;
      }
      h1 {
        display: flex;
        align-items: center;
        gap: 0.375rem;
        margin: 0;
        font-size: var(--text-m);
        font-weight: var(--weight-bold);
        line-height: var(--leading-tight);
      }
      h1 span:first-child {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .verified {
        font-size: 0.875rem;
        color: var(--color-accent-text);
      }
      .subtitle {
        display: flex;
        align-items: center;
        gap: 0.375rem;
        overflow: hidden;
        font-size: var(--text-xs);
        white-space: nowrap;
        color: var(--color-text-soft);
      }
      .members {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      @media (width < 45rem) {
        :host {
          padding: 0 var(--space-1);
        }
        .back {
          display: inline-flex;
        }
        .who {
          padding-left: 0;
          gap: var(--space-2);
        }
      }
    `,
  ];

  declare context: AppContext;
  declare conversation: string;

  protected override render(): TemplateResult {
    const { state } = this.context;
    const face = faceOf(state, this.conversation);
    const isVerified = state.directory.identities.value.get(this.conversation)?.isVerified === true;
    const open = (): void => void this.dispatchEvent(new CustomEvent('details'));
    return html`<vant-icon-button
        class="back"
        icon="arrow-left"
        label=${msg('Back')}
        href=${pathTo()}
      ></vant-icon-button>
      <button class="who" type="button" @click=${open}>
        <vant-avatar
          name=${face.name}
          identity=${face.identity}
          .picture=${face.picture}
          .pictureType=${face.pictureType}
          .icon=${face.icon}
        ></vant-avatar>
        <div class="names">
          <h1>
            <span dir="auto">${face.name}</span>
            ${
              isVerified
                ? html`<span class="verified" role="img" aria-label=${msg('Verified')}
                    ><vant-icon name="shield-check"></vant-icon
                  ></span>`
                : nothing
            }
          </h1>
          <div class="subtitle">${this.#renderSubtitle(isVerified)}</div>
        </div>
      </button>
      ${this.#renderCallButtons()}
      <vant-menu label=${msg('Conversation')} .items=${this.#items()} @choose=${this.#onChoose}>
        <vant-icon-button slot="trigger" icon="ellipsis-vertical" label=${msg('More')} popup="menu"></vant-icon-button>
      </vant-menu>`;
  }

  /** Nothing about presence: nobody is told when somebody else is there. */
  #renderSubtitle(isVerified: boolean): unknown {
    const { state } = this.context;
    const row = state.conversations.find(this.conversation);
    if (this.conversation === state.account.value?.accountId) return msg('Only on your own devices');
    const timer = row?.expireTimerSeconds ?? 0;
    const about = state.members.value.get(this.conversation)?.profile?.about ?? '';
    if (row?.group !== undefined) {
      const members = row.group.members.map(({ accountId }) => subjectOf(state, accountId));
      return html`<span class="members">${formatList(members)}</span>`;
    }
    const trust = isVerified ? msg('Verified') : msg('End-to-end encrypted');
    return html`${about === '' ? trust : about}
    ${timer > 0 ? html`<span>·</span><vant-icon name="timer"></vant-icon>${formatTimer(timer)}` : nothing}
    ${row !== undefined && isMuted(row) ? html`<span>·</span>${msg('Muted')}` : nothing}`;
  }

  /** Where there is WebRTC, and one other to talk to. */
  #renderCallButtons(): TemplateResult | typeof nothing {
    const { state } = this.context;
    const member = state.members.value.get(this.conversation);
    const canCall = member?.isMember === true && this.conversation !== state.account.value?.accountId;
    if (!canCall || !('RTCPeerConnection' in globalThis)) return nothing;
    const call = (withVideo: boolean) => (): void => {
      const detail: CallRequest = { peer: member.accountId, withVideo };
      this.dispatchEvent(new CustomEvent('call-request', { detail, bubbles: true, composed: true }));
    };
    return html`<vant-icon-button icon="phone" label=${msg('Call')} @click=${call(false)}></vant-icon-button>
      <vant-icon-button icon="video" label=${msg('Video call')} @click=${call(true)}></vant-icon-button>`;
  }

  #items(): MenuItem[] {
    const row = this.context.state.conversations.find(this.conversation);
    const rowItems = row === undefined ? [] : conversationMenu(row).filter(({ id }) => id !== 'read');
    return [
      { id: 'details', label: msg('Details'), icon: 'info' },
      { id: 'select', label: msg('Select messages'), icon: 'list-checks' },
      ...rowItems,
    ];
  }

  #onChoose = ({ detail }: CustomEvent<string>): void => {
    if (detail === 'details' || detail === 'select') {
      this.dispatchEvent(new CustomEvent(detail));
      return;
    }
    const row = this.context.state.conversations.find(this.conversation);
    if (row !== undefined) void attempt(() => runConversationAction(this.context, row, detail));
  };
}

customElements.define('vant-conversation-header', ConversationHeader);
