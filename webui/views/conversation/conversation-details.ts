/** Beside the messages: who they are with, and what is set for this conversation. Loaded when it is opened. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import type { AppContext } from '../../app/context.ts';
import '../../components/avatar.ts';
import '../../components/icon-button.ts';
import '../../components/list-item.ts';
import '../../components/select.ts';
import '../../components/switch.ts';
import { pathTo } from '../../platform/router.ts';
import { attempt } from '../../state/notices.ts';
import { ViewElement } from '../../state/watch.ts';
import { base, prose, scrollArea } from '../../styles/shared.ts';
import { formatTimer } from '../../text/when.ts';
import { FOREVER, isMuted, runConversationAction } from '../conversations/conversation-actions.ts';
import { faceOf } from '../conversations/describe.ts';
import { askConfirmation } from '../dialogs/ask-confirmation.ts';
import '../groups/group-section.ts';
import { parseAccountId } from '../../../wire/ids.ts';

const DAY = 86_400;
const TIMERS = [0, 30, 300, 3600, 8 * 3600, DAY, 7 * DAY, 28 * DAY];

export class ConversationDetails extends ViewElement {
  static override properties = { context: { attribute: false }, conversation: {} };
  static override styles = [
    base,
    prose,
    scrollArea,
    css`
      :host {
        display: block;
        width: 20rem;
        min-height: 0;
        border-left: 1px solid var(--color-line);
        background: var(--color-canvas);
      }
      .scroll {
        height: 100%;
        padding: var(--space-2) var(--space-4) var(--space-5);
      }
      .top {
        display: flex;
        justify-content: flex-end;
        margin-right: calc(-1 * var(--space-2));
      }
      .who {
        display: grid;
        justify-items: center;
        gap: var(--space-1);
        margin-bottom: var(--space-5);
        text-align: center;
        overflow-wrap: anywhere;
      }
      .who vant-avatar {
        margin-bottom: var(--space-2);
      }
      .about {
        color: var(--color-text-soft);
      }
      section {
        display: grid;
        gap: var(--space-2);
        margin-bottom: var(--space-4);
      }
      vant-list-item {
        margin: 0 calc(-1 * var(--space-3));
      }
      @media (width < 68rem) {
        :host {
          position: fixed;
          z-index: 5;
          inset: 0 0 0 auto;
          width: min(22rem, 100vw);
          padding: env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) 0;
          box-shadow: var(--shadow-3);
        }
      }
    `,
  ];

  declare context: AppContext;
  declare conversation: string;

  protected override render(): TemplateResult {
    const { state } = this.context;
    const face = faceOf(state, this.conversation);
    const group = state.conversations.find(this.conversation)?.group;
    const about = group?.description ?? state.members.value.get(this.conversation)?.profile?.about ?? '';
    return html`<div class="scroll" role="complementary" aria-label=${msg('Details')}>
      <div class="top">
        <vant-icon-button
          icon="x"
          label=${msg('Close')}
          @click=${() => this.dispatchEvent(new CustomEvent('close'))}
        ></vant-icon-button>
      </div>
      <div class="who">
        <vant-avatar
          size="xl"
          name=${face.name}
          identity=${face.identity}
          .picture=${face.picture}
          .pictureType=${face.pictureType}
          .icon=${face.icon}
        ></vant-avatar>
        <h2 dir="auto">${face.name}</h2>
        ${about === '' ? nothing : html`<p class="about" dir="auto">${about}</p>`}
      </div>
      ${
        group === undefined
          ? this.#renderTrust()
          : html`<vant-group-section .context=${this.context} .group=${group}></vant-group-section>`
      }
      ${this.#renderSettings()} ${this.#renderDangers(face.name)}
    </div>`;
  }

  get #isSelf(): boolean {
    return this.conversation === this.context.state.account.value?.accountId;
  }

  #renderTrust(): TemplateResult | typeof nothing {
    if (this.#isSelf) return nothing;
    const identity = this.context.state.directory.identities.value.get(this.conversation);
    const detail =
      identity?.isVerified === true
        ? msg('Verified')
        : identity?.isChanged === true
          ? msg('Has changed')
          : msg('Not compared yet');
    return html`<section>
      <vant-list-item
        icon="shield-check"
        heading=${msg('Safety number')}
        detail=${detail}
        href=${pathTo('safety-number', this.conversation)}
      ></vant-list-item>
    </section>`;
  }

  #renderSettings(): TemplateResult {
    const { client } = this.context.engine;
    const row = this.context.state.conversations.find(this.conversation);
    const timer = row?.expireTimerSeconds ?? 0;
    const options = [...new Set([...TIMERS, timer])]
      .sort((a, b) => a - b)
      .map((seconds) => ({
        value: String(seconds),
        label: seconds === 0 ? msg('Off') : formatTimer(seconds),
      }));
    const setTimer = ({ detail }: CustomEvent<string>): void =>
      void attempt(() => client.setExpireTimer(this.conversation, Number(detail)));
    const setMuted = ({ detail }: CustomEvent<boolean>): void =>
      void attempt(() => client.setMutedUntil(this.conversation, detail ? FOREVER : 0));
    return html`<section>
      <vant-select
        label=${msg('Disappearing messages')}
        help=${msg('New messages go away on all devices this long after they were read.')}
        .options=${options}
        .value=${String(timer)}
        @input-change=${setTimer}
      ></vant-select>
      ${
        this.#isSelf
          ? nothing
          : html`<vant-switch
              label=${msg('Mute')}
              help=${msg('No notifications.')}
              .isChecked=${row !== undefined && isMuted(row)}
              @input-change=${setMuted}
            ></vant-switch>`
      }
    </section>`;
  }

  #renderDangers(name: string): TemplateResult {
    const { engine, state } = this.context;
    const row = state.conversations.find(this.conversation);
    const isBlocked = state.directory.identities.value.get(this.conversation)?.isBlocked === true;
    return html`<section>
      ${
        this.#isSelf || row?.kind === 'group'
          ? nothing
          : isBlocked
            ? html`<vant-list-item
                is-action
                icon="ban"
                heading=${msg(str`Unblock ${name}`)}
                @click=${() => void attempt(() => engine.team.setBlocked(parseAccountId(this.conversation), false))}
              ></vant-list-item>`
            : html`<vant-list-item
                is-action
                danger
                icon="ban"
                heading=${msg(str`Block ${name}`)}
                @click=${() => void this.#block(name)}
              ></vant-list-item>`
      }
      ${
        row === undefined
          ? nothing
          : html`<vant-list-item
              is-action
              danger
              icon="trash-2"
              heading=${msg('Delete conversation')}
              @click=${() => void attempt(() => runConversationAction(this.context, row, 'delete'))}
            ></vant-list-item>`
      }
    </section>`;
  }

  async #block(name: string): Promise<void> {
    const isSure = await askConfirmation({
      heading: msg(str`Block ${name}?`),
      text: msg('You get no messages from them and cannot write to them. They are not told.'),
      confirm: msg('Block'),
      isDanger: true,
    });
    if (isSure) await attempt(() => this.context.engine.team.setBlocked(parseAccountId(this.conversation), true));
  }
}

customElements.define('vant-conversation-details', ConversationDetails);
