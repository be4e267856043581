/** The pane with all conversations: search, new conversation, the app's menu, whether there is a connection. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import type { Conversation } from '../../../client/conversations/conversation-list.ts';
import type { AppContext } from '../../app/context.ts';
import { LazyViews } from '../../app/lazy-views.ts';
import '../../components/avatar.ts';
import type { RowContent } from '../../components/conversation-row.ts';
import '../../components/conversation-row.ts';
import '../../components/empty-state.ts';
import '../../components/icon-button.ts';
import '../../components/list-heading.ts';
import type { Menu, MenuItem } from '../../components/menu.ts';
import '../../components/menu.ts';
import type { TextField } from '../../components/text-field.ts';
import '../../components/text-field.ts';
import type { VirtualItem, VirtualList } from '../../components/virtual-list.ts';
import '../../components/virtual-list.ts';
import { navigate, pathTo } from '../../platform/router.ts';
import { attempt } from '../../state/notices.ts';
import { ViewElement } from '../../state/watch.ts';
import { base, focusRing, prose, visuallyHidden } from '../../styles/shared.ts';
import { formatRecent } from '../../text/when.ts';
import './connection-line.ts';
import { conversationMenu, runConversationAction } from './conversation-actions.ts';
import { deliveryLabel, describeLast, faceOf } from './describe.ts';

/** Loaded when somebody searches. */
const lazyViews = new LazyViews({ results: () => import('./search-results.ts') });

const ROW_REM = 4.25;
const HEADING_REM = 2.25;

export class ConversationListView extends ViewElement {
  static override properties = {
    context: { attribute: false },
    current: {},
    query: { state: true },
    isArchiveShown: { state: true },
    menuFor: { state: true },
  };
  static override styles = [
    base,
    focusRing,
    prose,
    visuallyHidden,
    css`
      :host {
        display: grid;
        grid-template-rows: auto auto minmax(0, 1fr);
        height: 100%;
        min-height: 0;
        background: var(--color-sidebar);
      }
      header {
        display: grid;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-3) var(--space-2);
      }
      .bar {
        display: flex;
        align-items: center;
        gap: var(--space-1);
        min-height: calc(var(--header-height) - var(--space-2));
      }
      .bar h1 {
        flex: 1;
        padding-left: var(--space-2);
        font-size: var(--text-xl);
      }
      .me {
        display: inline-flex;
        padding: 0.25rem;
        border: 0;
        border-radius: var(--radius-full);
        background: none;
        cursor: pointer;
      }
      .me:hover {
        background: var(--color-hover);
      }
      h2 {
        display: flex;
        align-items: end;
        height: 100%;
        padding: 0 var(--space-3) var(--space-1);
        font-size: var(--text-xs);
        font-weight: var(--weight-bold);
        color: var(--color-text-faint);
      }
      .archive {
        display: flex;
        align-items: center;
        width: 100%;
        height: 100%;
        padding: 0 var(--space-3);
        border: 0;
        border-radius: var(--radius-m);
        font: inherit;
        font-size: var(--text-s);
        color: var(--color-text-soft);
        background: none;
        cursor: pointer;
        outline-offset: -2px;
      }
      .archive:hover {
        background: var(--color-hover);
      }
    `,
  ];

  declare context: AppContext;
  /** Id of the conversation that is open. */
  declare current: string | undefined;
  declare query: string;
  declare isArchiveShown: boolean;
  declare menuFor: Conversation | undefined;

  constructor() {
    super();
    this.query = '';
    this.isArchiveShown = false;
  }

  focusSearch(): void {
    const field = this.renderRoot.querySelector<TextField>('vant-text-field');
    field?.focus();
    field?.select();
  }

  /** The conversation above (-1) or below (1) the open one. */
  step(direction: 1 | -1): void {
    const ids = this.#rows().map(({ id }) => id);
    const at = this.current === undefined ? -1 : ids.indexOf(this.current);
    const next = ids[at < 0 && direction < 0 ? ids.length - 1 : at + direction];
    if (next === undefined) return;
    navigate('conversation', next);
    this.renderRoot.querySelector<VirtualList>('vant-virtual-list')?.reveal(next);
  }

  protected override render(): TemplateResult {
    const isSearching = this.query.trim() !== '';
    return html`<header>
        ${this.#renderBar()}
        <vant-text-field
          type="search"
          icon="search"
          label=${msg('Search')}
          label-hidden
          placeholder=${msg('Search')}
          .value=${this.query}
          @focusin=${() => void this.context.engine.search.prepare().catch(() => undefined)}
          @input-change=${({ detail }: CustomEvent<string>) => (this.query = detail)}
          @keydown=${this.#onSearchKey}
        ></vant-text-field>
      </header>
      <vant-connection-line .context=${this.context}></vant-connection-line>
      ${
        isSearching
          ? lazyViews.show(
              'results',
              html`<vant-search-results
                .context=${this.context}
                .query=${this.query}
                @done=${() => (this.query = '')}
              ></vant-search-results>`,
            )
          : this.#renderList()
      }
      <vant-menu
        class="row-menu"
        label=${msg('Conversation')}
        .items=${this.menuFor === undefined ? [] : conversationMenu(this.menuFor)}
        @choose=${this.#onChoose}
      ></vant-menu>`;
  }

  #renderBar(): TemplateResult {
    const { state } = this.context;
    const account = state.account.value;
    const profile = account === undefined ? undefined : state.members.value.get(account.accountId)?.profile;
    const name = profile?.displayName ?? account?.displayName ?? '';
    return html`<div class="bar">
      <vant-menu label=${msg('Vant')} .items=${this.#appMenu()}>
        <button slot="trigger" class="me" type="button" aria-haspopup="menu">
          <span class="visually-hidden">${msg(str`Menu of ${name}`)}</span>
          <vant-avatar
            size="s"
            name=${name}
            identity=${account?.accountId ?? ''}
            .picture=${profile?.avatar}
            .pictureType=${profile?.avatarContentType}
          ></vant-avatar>
        </button>
      </vant-menu>
      <h1>${msg('Chats')}</h1>
      <vant-icon-button icon="user-plus" label=${msg('Invite')} href=${pathTo('invite')}></vant-icon-button>
      <vant-icon-button icon="square-pen" label=${msg('New conversation')} href=${pathTo('new')}></vant-icon-button>
    </div>`;
  }

  #appMenu(): MenuItem[] {
    const role = this.context.state.account.value?.role;
    const admin: MenuItem[] =
      role === 'owner' || role === 'admin'
        ? [{ id: 'admin', label: msg('Administration'), icon: 'server', href: pathTo('admin') }]
        : [];
    return [
      { id: 'profile', label: msg('Profile'), icon: 'user', href: pathTo('settings', 'profile') },
      { id: 'settings', label: msg('Settings'), icon: 'settings', href: pathTo('settings') },
      { id: 'invite', label: msg('Invite people'), icon: 'user-plus', href: pathTo('invite') },
      ...admin,
      {
        id: 'keyboard',
        label: msg('Keyboard shortcuts'),
        icon: 'keyboard',
        href: pathTo('settings', 'keyboard'),
        hasLine: true,
      },
      { id: 'about', label: msg('About Vant'), icon: 'info', href: pathTo('settings', 'about') },
    ];
  }

  /** Archived ones only when they are asked for. */
  #rows(): Conversation[] {
    return this.context.state.conversations.rows.value.filter(({ isArchived }) => isArchived === this.isArchiveShown);
  }

  #renderList(): TemplateResult {
    const items = this.#items();
    if (items.length === 0)
      return html`<vant-empty-state icon="message-circle" heading=${msg('Nobody here yet')}>
        ${msg('Send someone an invite, and write to each other.')}
        <vant-button slot="actions" variant="primary" icon="user-plus" href=${pathTo('invite')}
          >${msg('Invite people')}</vant-button
        >
      </vant-empty-state>`;
    return html`<vant-virtual-list
      label=${this.isArchiveShown ? msg('Archived conversations') : msg('Conversations')}
      .items=${items}
      .current=${this.current}
    ></vant-virtual-list>`;
  }

  #items(): VirtualItem[] {
    const rows = this.#rows();
    const pinned = rows.filter(({ isPinned }) => isPinned);
    const others = rows.filter(({ isPinned }) => !isPinned);
    const hasHeadings = pinned.length > 0 && others.length > 0;
    return [
      ...(this.isArchiveShown ? [this.#archiveItem(msg('Back to all conversations'))] : []),
      ...(hasHeadings ? [headingItem('pinned', msg('Pinned'))] : []),
      ...pinned.map((row) => this.#rowItem(row)),
      ...(hasHeadings ? [headingItem('others', msg('Recent'))] : []),
      ...others.map((row) => this.#rowItem(row)),
      ...(this.isArchiveShown ? [] : [...this.#memberItems(), ...this.#archiveEntry()]),
    ];
  }

  #archiveEntry(): VirtualItem[] {
    const count = this.context.state.conversations.rows.value.filter(({ isArchived }) => isArchived).length;
    return count === 0 ? [] : [this.#archiveItem(msg(str`Archived (${count})`))];
  }

  #archiveItem(label: string): VirtualItem {
    const toggle = (): void => void (this.isArchiveShown = !this.isArchiveShown);
    return {
      key: 'archive',
      height: 3,
      render: (isStop) =>
        html`<button class="archive" type="button" tabindex=${isStop ? 0 : -1} @click=${toggle}>${label}</button>`,
    };
  }

  /** Whoever one has not written to yet. */
  #memberItems(): VirtualItem[] {
    const { state } = this.context;
    const listed = new Set(state.conversations.rows.value.map(({ id }) => id));
    const members = [...state.members.value.values()]
      .filter(
        ({ accountId, isMember }) => isMember && !listed.has(accountId) && accountId !== state.account.value?.accountId,
      )
      .map(({ accountId }) => ({ id: accountId, face: faceOf(state, accountId) }))
      .sort((a, b) => a.face.name.localeCompare(b.face.name));
    if (members.length === 0) return [];
    return [
      headingItem('team', msg('Team')),
      ...members.map(({ id, face }) => {
        const content: RowContent = {
          ...face,
          href: pathTo('conversation', id),
          isCurrent: id === this.current,
          preview: msg('Say hello'),
          previewTone: 'quiet',
        };
        return rowItem(id, content);
      }),
    ];
  }

  #rowItem(row: Conversation): VirtualItem {
    const { state } = this.context;
    const { last } = row;
    const isOwn =
      last?.direction === 'outgoing' && last.kind === 'text' && last.isDeleted !== true && row.kind !== 'self';
    const status = last?.status === 'received' ? undefined : last?.status;
    const content: RowContent = {
      ...faceOf(state, row.id),
      ...describeLast(state, row),
      href: pathTo('conversation', row.id),
      isVerified: state.directory.identities.value.get(row.id)?.isVerified === true,
      time: row.lastAt === 0 ? undefined : formatRecent(row.lastAt),
      unreadCount: row.unreadCount,
      hasMention: row.hasUnreadMention,
      isMarkedUnread: row.isMarkedUnread,
      isMuted: row.mutedUntil > Date.now(),
      isPinned: row.isPinned,
      isCurrent: row.id === this.current,
      hasMenu: true,
      ...(isOwn && status !== undefined ? { delivery: { status, label: deliveryLabel(status) } } : {}),
    };
    return rowItem(row.id, content, (event) => this.#openMenu(row, event));
  }

  #openMenu(row: Conversation, event: CustomEvent<DOMRect>): void {
    this.menuFor = row;
    const menu = this.renderRoot.querySelector<Menu>('.row-menu');
    void this.updateComplete.then(() => menu?.openAt(event.detail, event.currentTarget as HTMLElement));
  }

  #onChoose = ({ detail }: CustomEvent<string>): void => {
    const row = this.menuFor;
    if (row !== undefined) void attempt(() => runConversationAction(this.context, row, detail));
  };

  #onSearchKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && this.query !== '') {
      this.query = '';
      event.stopPropagation();
    }
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    const list = this.renderRoot.querySelector<HTMLElement>('vant-search-results, vant-virtual-list');
    const root = list?.shadowRoot;
    (root?.querySelector<HTMLElement>('vant-conversation-row, .hit') ?? undefined)?.focus();
  };
}

const headingItem = (key: string, text: string): VirtualItem => ({
  key: `heading ${key}`,
  height: HEADING_REM,
  isHeading: true,
  render: () => html`<vant-list-heading>${text}</vant-list-heading>`,
});

const rowItem = (key: string, content: RowContent, onMenu?: (event: CustomEvent<DOMRect>) => void): VirtualItem => ({
  key,
  height: ROW_REM,
  render: (isStop) =>
    html`<vant-conversation-row
      .content=${content}
      .isStop=${isStop}
      @row-menu=${onMenu ?? nothing}
    ></vant-conversation-row>`,
});

customElements.define('vant-conversation-list-view', ConversationListView);
