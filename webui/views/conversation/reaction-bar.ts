/** Reactions to a message: the quick ones and the way to all others; or who has reacted. */
import { msg, str } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import type { StoredMessage } from '../../../client/conversations/history.ts';
import type { AppContext } from '../../app/context.ts';
import '../../components/avatar.ts';
import '../../components/icon.ts';
import { placeBeside } from '../../components/place.ts';
import { attempt } from '../../state/notices.ts';
import { ViewElement } from '../../state/watch.ts';
import { base, focusRing } from '../../styles/shared.ts';
import { faceOf, subjectOf } from '../conversations/describe.ts';

const QUICK = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

export class ReactionBar extends ViewElement {
  static override properties = { context: { attribute: false }, message: { state: true }, page: { state: true } };
  static override styles = [
    base,
    focusRing,
    css`
      .panel {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: 0;
        border: 0;
        border-radius: 1.5rem;
        color: var(--color-text);
        background: var(--color-raised);
        box-shadow: var(--shadow-3);
        overflow: hidden;
      }
      .panel:focus {
        outline: none;
      }
      .panel:popover-open {
        animation: appear var(--duration-fast) var(--ease);
      }
      .quick {
        display: flex;
        padding: 0.25rem;
      }
      button {
        display: grid;
        place-items: center;
        width: 2.5rem;
        height: 2.5rem;
        padding: 0;
        border: 0;
        border-radius: var(--radius-full);
        font: 1.375rem/1 var(--font);
        color: var(--color-text-soft);
        background: none;
        cursor: pointer;
        outline-offset: -2px;
        transition: transform var(--duration-fast) var(--ease);
      }
      button:hover {
        background: var(--color-hover);
        transform: scale(1.12);
      }
      button[aria-pressed='true'] {
        background: var(--color-selected);
      }
      .more {
        font-size: 1rem;
      }
      ul {
        min-width: 13rem;
        max-height: 18rem;
        margin: 0;
        padding: var(--space-2) var(--space-3);
        list-style: none;
        overflow-y: auto;
      }
      li {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        min-height: 2.5rem;
      }
      li span {
        flex: 1;
      }
      .mine {
        width: auto;
        height: 2rem;
        padding: 0 var(--space-2);
        font: var(--text-s) var(--font);
        color: var(--color-accent-text);
      }
      @keyframes appear {
        from {
          opacity: 0;
          transform: scale(0.94);
        }
      }
    `,
  ];

  declare context: AppContext;
  declare message: StoredMessage | undefined;
  declare page: 'quick' | 'all' | 'who';
  #place = new DOMRect();

  constructor() {
    super();
    this.page = 'quick';
  }

  async openAt(message: StoredMessage, place: DOMRect, isWho: boolean): Promise<void> {
    this.message = message;
    this.#place = place;
    await this.#show(isWho ? 'who' : 'quick');
  }

  protected override render(): TemplateResult {
    return html`<div
      class="panel"
      popover="auto"
      role="dialog"
      tabindex="-1"
      aria-label=${msg('Reactions')}
      @keydown=${this.#onKey}
    >
      ${this.message === undefined ? '' : this.#renderPage(this.message)}
    </div>`;
  }

  #renderPage(message: StoredMessage): TemplateResult {
    if (this.page === 'who') return this.#renderWho(message);
    if (this.page === 'all')
      return html`<vant-emoji-picker
        @pick=${({ detail }: CustomEvent<string>) => this.#toggle(detail)}
      ></vant-emoji-picker>`;
    const own = this.#own(message);
    const quick = own === undefined || QUICK.includes(own) ? QUICK : [...QUICK.slice(0, -1), own];
    return html`<div class="quick">
      ${quick.map(
        (emoji) =>
          html`<button
            type="button"
            aria-pressed=${String(emoji === own)}
            aria-label=${msg(str`React with ${emoji}`)}
            @click=${() => this.#toggle(emoji)}
          >
            ${emoji}
          </button>`,
      )}
      <button class="more" type="button" aria-label=${msg('Other emoji')} @click=${this.#showAll}>
        <vant-icon name="plus"></vant-icon>
      </button>
    </div>`;
  }

  #renderWho(message: StoredMessage): TemplateResult {
    const { state } = this.context;
    const self = state.account.value?.accountId;
    return html`<ul>
      ${Object.entries(message.reactions ?? {}).map(([account, emoji]) => {
        const face = faceOf(state, account);
        return html`<li>
          <vant-avatar
            size="s"
            name=${face.name}
            identity=${account}
            .picture=${face.picture}
            .pictureType=${face.pictureType}
          ></vant-avatar>
          <span>${subjectOf(state, account)}</span>
          ${account === self ? html`<button class="mine" type="button" @click=${() => this.#toggle(emoji)}>${msg('Remove')}</button>` : ''}
          <b aria-hidden="true">${emoji}</b>
        </li>`;
      })}
    </ul>`;
  }

  #own({ reactions }: StoredMessage): string | undefined {
    return reactions?.[this.context.state.account.value?.accountId ?? ''];
  }

  #showAll = (): void => {
    void import('../../components/emoji-picker.ts').then(() => this.#show('all'));
  };

  async #show(page: ReactionBar['page']): Promise<void> {
    this.page = page;
    await this.updateComplete;
    const panel = this.renderRoot.querySelector<HTMLElement>('.panel');
    if (panel === null) return;
    panel.showPopover();
    placeBeside(panel, this.#place, { align: 'center', gapPx: 8, isAbove: true });
    (panel.querySelector<HTMLElement>('button, vant-emoji-picker') ?? panel).focus();
  }

  #toggle(emoji: string): void {
    const { message } = this;
    if (message === undefined) return;
    this.renderRoot.querySelector<HTMLElement>('.panel')?.hidePopover();
    const { client } = this.context.engine;
    const isOwn = this.#own(message) === emoji;
    void attempt(() => (isOwn ? client.unreact(message.historyKey) : client.react(message.historyKey, emoji)));
  }

  #onKey = (event: KeyboardEvent): void => {
    const direction = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (direction === undefined || this.page === 'all') return;
    const buttons = [...this.renderRoot.querySelectorAll('button')];
    const at = buttons.indexOf((this.renderRoot as ShadowRoot).activeElement as HTMLButtonElement);
    buttons.at((at + direction) % buttons.length)?.focus();
    event.preventDefault();
  };
}

customElements.define('vant-reaction-bar', ReactionBar);
