/** The heart: the list of conversations beside the open one; on a phone one of the two. */
import { msg } from '@lit/localize';
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { AppContext } from '../../app/context.ts';
import { isShortcut } from '../../app/shortcuts.ts';
import '../../components/empty-state.ts';
import { navigate, pathTo } from '../../platform/router.ts';
import { ViewElement } from '../../state/watch.ts';
import { base } from '../../styles/shared.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';
import '../conversation/conversation-view.ts';
import type { ConversationListView } from '../conversations/conversation-list-view.ts';
import '../conversations/conversation-list-view.ts';

export class ChatView extends ViewElement {
  static override properties = { context: { attribute: false }, route: { attribute: false } };
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template: minmax(0, 1fr) / var(--sidebar-width) minmax(0, 1fr);
        height: 100%;
        padding: env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom)
          env(safe-area-inset-left);
      }
      nav {
        min-width: 0;
        min-height: 0;
        border-right: 1px solid var(--color-line);
      }
      vant-new-conversation,
      vant-group-dialog {
        position: fixed;
      }
      main {
        display: grid;
        min-width: 0;
        min-height: 0;
      }
      @media (width < 45rem) {
        :host {
          grid-template-columns: minmax(0, 1fr);
        }
        :host .away {
          display: none;
        }
        nav {
          border: 0;
        }
      }
    `,
  ];

  declare context: AppContext;
  declare route: readonly string[];

  override connectedCallback(): void {
    super.connectedCallback();
    // Whoever comes back from inviting wants to see who has come.
    void this.context.state.refreshMembers();
    addEventListener('keydown', this.#onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('keydown', this.#onKey);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('route')) return;
    const [page, conversation, historyKey] = this.route;
    this.context.state.show(page === 'conversation' ? conversation : undefined, historyKey);
    if (page === 'new' && conversation === 'group') void import('../groups/group-dialog.ts');
    else if (page === 'new') void import('../dialogs/new-conversation.ts');
  }

  protected override render(): TemplateResult {
    const [page, conversation] = this.route;
    const isOpen = page === 'conversation' && conversation !== undefined;
    return html`<nav class=${isOpen ? 'away' : ''} aria-label=${msg('Conversations')}>
        <vant-conversation-list-view
          .context=${this.context}
          .current=${isOpen ? conversation : undefined}
        ></vant-conversation-list-view>
      </nav>
      <main class=${isOpen ? '' : 'away'}>
        ${
          isOpen
            ? html`<vant-conversation-view
                .context=${this.context}
                .conversation=${conversation}
              ></vant-conversation-view>`
            : html`<vant-empty-state icon="message-circle" heading=${msg('Choose a conversation')}>
                ${msg('What you write is encrypted here, and can be read only by those you write to.')}
              </vant-empty-state>`
        }
      </main>
      ${this.#renderDialog(page, conversation)}`;
  }

  /** A dialog that was closed because a conversation was opened from it leads nowhere else. */
  #renderDialog(page: string | undefined, kind: string | undefined): TemplateResult | typeof nothing {
    if (page !== 'new') return nothing;
    const leave = (): void => {
      if (this.route[0] === 'new' && this.route[1] === kind) navigate();
    };
    return kind === 'group'
      ? html`<vant-group-dialog .context=${this.context} @close=${leave}></vant-group-dialog>`
      : html`<vant-new-conversation .context=${this.context} @close=${leave}></vant-new-conversation>`;
  }

  get #list(): ConversationListView | null {
    return this.renderRoot.querySelector<ConversationListView>('vant-conversation-list-view');
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || isInFront(event)) return;
    if (isShortcut('search', event)) this.#showSearch();
    else if (isShortcut('previous', event)) this.#list?.step(-1);
    else if (isShortcut('next', event)) this.#list?.step(1);
    else if (isShortcut('new', event)) navigate('new');
    else if (isShortcut('help', event) && !isWriting(event)) location.assign(pathTo('settings', 'keyboard'));
    else {
      const view = this.renderRoot.querySelector<ConversationView>('vant-conversation-view');
      if (view?.takeKey(event, isWriting(event)) !== true) return;
    }
    event.preventDefault();
  };

  #showSearch(): void {
    if (getComputedStyle(this.renderRoot.querySelector('nav') ?? this).display === 'none') navigate();
    void this.updateComplete.then(() => this.#list?.focusSearch());
  }
}

/** Whether it belongs to a dialog, menu or panel, which knows by itself what Escape means. */
const isInFront = (event: Event): boolean =>
  event.composedPath().some((place) => place instanceof HTMLElement && place.matches('dialog[open], :popover-open'));

/** Whether the key goes into a field. */
function isWriting(event: KeyboardEvent): boolean {
  const [target] = event.composedPath();
  return (
    target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]')
  );
}

customElements.define('vant-chat-view', ChatView);
