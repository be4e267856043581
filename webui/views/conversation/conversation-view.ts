/** One conversation: who it is with, its messages, and where one writes. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { StoredMessage } from '../../../client/conversations/history.ts';
import type { AppContext } from '../../app/context.ts';
import { isShortcut } from '../../app/shortcuts.ts';
import '../../components/banner.ts';
import '../../components/button.ts';
import '../../components/icon-button.ts';
import type { Menu } from '../../components/menu.ts';
import '../../components/menu.ts';
import { navigate, pathTo } from '../../platform/router.ts';
import { attempt } from '../../state/notices.ts';
import { PAGE_SIZE } from '../../state/timeline.ts';
import { ViewElement } from '../../state/watch.ts';
import { base } from '../../styles/shared.ts';
import type { Composer } from './composer.ts';
import './composer.ts';
import './conversation-header.ts';
import { canEdit, deleteMessages, messageMenu, runMessageAction } from './message-actions.ts';
import type { ReactionBar } from './reaction-bar.ts';
import type { MessageActionDetail, TimelineView } from './timeline-view.ts';
import './timeline-view.ts';
import { parseAccountId } from '../../../wire/ids.ts';

export class ConversationView extends ViewElement {
  static override properties = {
    context: { attribute: false },
    conversation: {},
    replyTo: { state: true },
    editOf: { state: true },
    selection: { state: true },
    menuOf: { state: true },
    areDetailsShown: { state: true },
    infoOf: { state: true },
  };
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr) auto;
        grid-template-columns: minmax(0, 1fr) auto;
        min-height: 0;
        background: var(--color-canvas);
      }
      vant-conversation-header {
        grid-column: 1 / -1;
      }
      .foot {
        grid-column: 1;
      }
      vant-conversation-details {
        grid-row: 2 / 4;
        grid-column: 2;
      }
      .selection {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-3);
        border-top: 1px solid var(--color-line);
      }
      .selection span {
        flex: 1;
        padding-left: var(--space-1);
        font-weight: var(--weight-medium);
      }
      vant-banner {
        margin: 0 var(--space-3) var(--space-3);
      }
    `,
  ];

  declare context: AppContext;
  declare conversation: string;
  declare replyTo: StoredMessage | undefined;
  declare editOf: StoredMessage | undefined;
  /** History keys; undefined while nothing is being selected. */
  declare selection: ReadonlySet<string> | undefined;
  declare menuOf: StoredMessage | undefined;
  declare areDetailsShown: boolean;
  declare infoOf: StoredMessage | undefined;

  constructor() {
    super();
    this.areDetailsShown = false;
  }

  /** Whether the key meant something here. */
  takeKey(event: KeyboardEvent, isWriting: boolean): boolean {
    if (isShortcut('close', event)) return this.#close();
    if (isShortcut('write', event)) this.#composer?.focus();
    else if (isShortcut('details', event)) this.#toggleDetails();
    else if (isWriting || event.ctrlKey || event.metaKey || event.altKey) return false;
    else return this.#takeMessageKey(event);
    return true;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('conversation')) return;
    this.replyTo = undefined;
    this.editOf = undefined;
    this.selection = undefined;
    this.infoOf = undefined;
    if (!this.conversation.startsWith('group:')) void this.context.state.directory.watchIdentity(this.conversation);
    if (!matchMedia('(hover: none)').matches) void this.updateComplete.then(() => this.#composer?.focus());
  }

  protected override render(): TemplateResult | typeof nothing {
    const timeline = this.context.state.timeline.value;
    if (timeline?.conversation !== this.conversation) return nothing;
    const isGroup = this.conversation.startsWith('group:');
    return html`<vant-conversation-header
        .context=${this.context}
        .conversation=${this.conversation}
        @details=${() => this.#toggleDetails()}
        @select=${() => (this.selection = new Set())}
      ></vant-conversation-header>
      <vant-timeline-view
        .context=${this.context}
        .timeline=${timeline}
        .isGroup=${isGroup}
        .selection=${this.selection}
        @message-action=${this.#onMessageAction}
      ></vant-timeline-view>
      <div class="foot">
        ${this.selection === undefined ? this.#renderFoot() : this.#renderSelection(this.selection)}
      </div>
      ${
        this.areDetailsShown
          ? html`<vant-conversation-details
              .context=${this.context}
              .conversation=${this.conversation}
              @close=${() => (this.areDetailsShown = false)}
            ></vant-conversation-details>`
          : nothing
      }
      <vant-menu
        label=${msg('Message')}
        .items=${this.menuOf === undefined ? [] : messageMenu(this.menuOf, this.context.state)}
        @choose=${({ detail }: CustomEvent<string>) => this.#choose(detail)}
      ></vant-menu>
      <vant-reaction-bar .context=${this.context}></vant-reaction-bar>
      ${
        this.infoOf === undefined
          ? nothing
          : html`<vant-message-info
              .context=${this.context}
              .message=${this.infoOf}
              @close=${() => (this.infoOf = undefined)}
            ></vant-message-info>`
      }`;
  }

  get #composer(): Composer | null {
    return this.renderRoot.querySelector<Composer>('vant-composer');
  }

  get #timelineView(): TimelineView | null {
    return this.renderRoot.querySelector<TimelineView>('vant-timeline-view');
  }

  #renderFoot(): TemplateResult {
    const { state, engine } = this.context;
    const identity = state.directory.identities.value.get(this.conversation);
    const name = state.directory.nameOf(this.conversation);
    if (identity?.isBlocked === true)
      return html`<vant-banner tone="warning">
        ${msg(str`You have blocked ${name}.`)}
        <vant-button
          slot="actions"
          @click=${() => void attempt(() => engine.team.setBlocked(parseAccountId(this.conversation), false))}
          >${msg('Unblock')}</vant-button
        >
      </vant-banner>`;
    const group = state.conversations.find(this.conversation)?.group;
    if (group?.isMember === false)
      return html`<vant-banner>${msg('You are not in this group any more.')}</vant-banner>`;
    if (state.members.value.get(this.conversation)?.isMember === false)
      return html`<vant-banner>${msg(str`${name} is no longer in the team.`)}</vant-banner>`;
    return html`${
        identity?.isChanged === true
          ? html`<vant-banner tone="warning" icon="shield-alert">
              ${msg(str`The safety number with ${name} has changed. Messages wait until you accept it.`)}
              <vant-button slot="actions" variant="quiet" href=${pathTo('identity', this.conversation)}
                >${msg('Verify')}</vant-button
              >
              <vant-button
                slot="actions"
                @click=${() => void attempt(() => engine.team.acceptIdentity(parseAccountId(this.conversation)))}
                >${msg('Accept')}</vant-button
              >
            </vant-banner>`
          : nothing
      }
      <vant-composer
        .context=${this.context}
        .conversation=${this.conversation}
        .members=${this.#mentionable()}
        .replyTo=${this.replyTo}
        .editOf=${this.editOf}
        @sent=${() => void this.#timelineView?.scrollToEnd()}
        @edit-last=${() => attempt(() => this.#editLast())}
        @about-change=${this.#onAboutChange}
      ></vant-composer>`;
  }

  #renderSelection(selection: ReadonlySet<string>): TemplateResult {
    const count = selection.size;
    return html`<div class="selection">
      <vant-icon-button icon="x" label=${msg('Cancel')} @click=${() => (this.selection = undefined)}></vant-icon-button>
      <span role="status">${msg(str`${count} selected`)}</span>
      <vant-icon-button
        icon="copy"
        label=${msg('Copy')}
        ?disabled=${count === 0}
        @click=${() => this.#copySelected()}
      ></vant-icon-button>
      <vant-icon-button
        icon="trash-2"
        label=${msg('Delete')}
        ?disabled=${count === 0}
        @click=${() => this.#deleteSelected()}
      ></vant-icon-button>
    </div>`;
  }

  #mentionable(): readonly string[] {
    const { account, conversations } = this.context.state;
    const self = account.value?.accountId;
    const group = conversations.find(this.conversation)?.group;
    const members = group?.members.map(({ accountId }) => accountId) ?? [this.conversation];
    return members.filter((accountId) => accountId !== self);
  }

  #onAboutChange = ({ detail }: CustomEvent<{ replyTo?: StoredMessage; editOf?: StoredMessage } | undefined>): void => {
    this.replyTo = detail?.replyTo;
    this.editOf = detail?.editOf;
  };

  #onMessageAction = ({ detail }: CustomEvent<MessageActionDetail>): void => {
    const { action, message, place } = detail;
    switch (action) {
      case 'menu':
        void this.#openMenu(message, place);
        return;
      case 'react':
      case 'reactions':
        void this.#openReactions(message, place, action === 'reactions');
        return;
      case 'reply':
        this.#reply(message);
        return;
      case 'toggle':
        this.#toggle(message);
        return;
      case 'resend':
        void attempt(() => this.context.engine.client.resend(message.historyKey));
        return;
      case 'quote':
        void this.#jumpToQuote(message);
    }
  };

  async #openMenu(message: StoredMessage, place: DOMRect): Promise<void> {
    this.menuOf = message;
    const returnFocus = (this.#timelineView?.shadowRoot?.activeElement as HTMLElement | null) ?? undefined;
    await this.updateComplete;
    await this.renderRoot.querySelector<Menu>('vant-menu')?.openAt(place, returnFocus);
  }

  #choose(action: string): void {
    const message = this.menuOf;
    if (message === undefined) return;
    if (action === 'reply') this.#reply(message);
    else if (action === 'edit') this.#edit(message);
    else if (action === 'select') this.selection = new Set([message.historyKey]);
    else if (action === 'react') this.#react(message);
    else if (action === 'info') void import('./message-info.ts').then(() => (this.infoOf = message));
    else void attempt(() => runMessageAction(this.context, message, action));
  }

  #react(message: StoredMessage): void {
    const row = this.#timelineView?.shadowRoot?.querySelector(`[data-key="${CSS.escape(message.historyKey)}"] .bubble`);
    const place = (row ?? this).getBoundingClientRect();
    void this.#openReactions(message, place, false);
  }

  /** Loaded when somebody wants it. */
  async #openReactions(message: StoredMessage, place: DOMRect, isWho: boolean): Promise<void> {
    await import('./reaction-bar.ts');
    await this.renderRoot.querySelector<ReactionBar>('vant-reaction-bar')?.openAt(message, place, isWho);
  }

  #reply(message: StoredMessage): void {
    if (message.isDeleted === true || message.kind !== 'text') return;
    this.editOf = undefined;
    this.replyTo = message;
    void this.updateComplete.then(() => this.#composer?.focus());
  }

  #edit(message: StoredMessage): void {
    if (!canEdit(message, this.context.state)) return;
    this.replyTo = undefined;
    this.editOf = message;
  }

  /** The last one that is stored: what is shown may lag behind, or end before it. */
  async #editLast(): Promise<void> {
    const { conversation } = this;
    const newest = await this.context.engine.client.messages(conversation, { limit: PAGE_SIZE });
    const last = newest.findLast((message) => canEdit(message, this.context.state));
    const isStillWanted = this.conversation === conversation && this.#composer?.isEmpty === true;
    if (last !== undefined && isStillWanted) this.#edit(last);
  }

  #toggle({ historyKey, kind }: StoredMessage): void {
    if (kind !== 'text') return;
    const next = new Set(this.selection);
    if (!next.delete(historyKey)) next.add(historyKey);
    this.selection = next;
  }

  async #jumpToQuote({ quote }: StoredMessage): Promise<void> {
    const isThere =
      quote?.historyKey !== undefined && (await this.context.state.timeline.value?.jumpTo(quote.historyKey)) === true;
    if (!isThere) void attempt(() => Promise.reject(Object.assign(new Error(), { code: 'NO_SUCH_MESSAGE' })));
  }

  #selected(): StoredMessage[] {
    const messages = this.context.state.timeline.value?.messages.value ?? [];
    return messages.filter(({ historyKey }) => this.selection?.has(historyKey) === true);
  }

  #copySelected(): void {
    const { state } = this.context;
    void import('./copy-messages.ts').then(({ copyMessages }) => copyMessages(state, this.#selected()));
    this.selection = undefined;
  }

  #deleteSelected(): void {
    const selected = this.#selected();
    void attempt(async () => {
      if (await deleteMessages(this.context, selected)) this.selection = undefined;
    });
  }

  #takeMessageKey(event: KeyboardEvent): boolean {
    const message = this.#timelineView?.activeMessage;
    if (isShortcut('edit', event)) {
      if (message === undefined || !canEdit(message, this.context.state)) void attempt(() => this.#editLast());
      else this.#edit(message);
      return true;
    }
    if (message?.kind !== 'text') return false;
    if (isShortcut('reply', event)) this.#reply(message);
    else if (isShortcut('react', event)) this.#react(message);
    else if (isShortcut('select', event)) this.selection = new Set([message.historyKey]);
    else if (isShortcut('copy', event)) void attempt(() => runMessageAction(this.context, message, 'copy'));
    else if (isShortcut('remove', event)) void attempt(() => deleteMessages(this.context, [message]));
    else return false;
    return true;
  }

  #close(): boolean {
    if (this.selection !== undefined) this.selection = undefined;
    else if (this.areDetailsShown) this.areDetailsShown = false;
    else if (this.#composer?.cancel() !== true) navigate();
    return true;
  }

  #toggleDetails(): void {
    void import('./conversation-details.ts').then(() => (this.areDetailsShown = !this.areDetailsShown));
  }
}

customElements.define('vant-conversation-view', ConversationView);
