/** The messages of a conversation. Scrolls both ways without an end in sight, stays where the reader is, and follows what is new
 * only for those who are at the end. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import type { StoredMessage } from '../../../client/conversations/history.ts';
import type { AppContext } from '../../app/context.ts';
import '../../components/avatar.ts';
import '../../components/badge.ts';
import '../../components/icon-button.ts';
import { drawnIcon } from '../../components/icon.ts';
import { locale } from '../../i18n/locale-signal.ts';
import { concealSpoilers } from '../../notifications/conceal-spoilers.ts';
import { ViewElement } from '../../state/watch.ts';
import type { Timeline } from '../../state/timeline.ts';
import { toTimelineItems, type TimelineItem } from '../../state/timeline-items.ts';
import { base, focusRing, scrollArea, visuallyHidden } from '../../styles/shared.ts';
import { describeTyping, subjectOf } from '../conversations/describe.ts';
import { renderItem, type MessageAction } from './message-row.ts';
import { messageStyles } from './message-styles.ts';
import { ScrollAnchor } from './scroll-anchor.ts';

/** What comes near to the edge by so many screens is loaded. */
const AHEAD_SCREENS = 2;
const LONG_PRESS_MS = 450;

export interface MessageActionDetail {
  readonly action: MessageAction;
  readonly message: StoredMessage;
  readonly place: DOMRect;
}

export class TimelineView extends ViewElement {
  static override properties = {
    context: { attribute: false },
    timeline: { attribute: false },
    isGroup: { type: Boolean },
    /** History keys of what is selected; undefined while nothing is being selected. */
    selection: { attribute: false },
    activeKey: { state: true },
    stopKey: { state: true },
    markedKey: { state: true },
    opened: { state: true },
    isAtEnd: { state: true },
  };
  static override styles = [
    base,
    focusRing,
    visuallyHidden,
    scrollArea,
    drawnIcon,
    messageStyles,
    css`
      :host {
        position: relative;
        display: block;
        min-height: 0;
      }
      .scroll {
        position: relative;
        display: flex;
        flex-direction: column;
        height: 100%;
        padding-bottom: var(--space-2);
        overflow-anchor: none;
      }
      /* A short conversation stands at the bottom, where one writes. */
      .scroll::before {
        content: '';
        flex: 1;
      }
      .scroll > * {
        flex: none;
      }
      .typing {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        min-height: 1.75rem;
        padding: var(--space-1) var(--space-5) 0;
        font-size: var(--text-s);
        color: var(--color-text-soft);
      }
      .dots {
        display: inline-flex;
        gap: 3px;
      }
      .dots i {
        width: 5px;
        height: 5px;
        border-radius: 50%;
        background: currentColor;
        animation: dot 1.2s infinite ease-in-out;
      }
      .dots i:nth-child(2) {
        animation-delay: 0.15s;
      }
      .dots i:nth-child(3) {
        animation-delay: 0.3s;
      }
      @keyframes dot {
        30% {
          opacity: 0.3;
          transform: translateY(-2px);
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .dots i {
          animation: none;
        }
      }
      .to-end {
        position: absolute;
        right: var(--space-4);
        bottom: var(--space-3);
        display: grid;
        justify-items: center;
        border-radius: var(--radius-full);
        background: var(--color-raised);
        box-shadow: var(--shadow-2);
      }
      .to-end vant-badge {
        position: absolute;
        top: -0.5rem;
        pointer-events: none;
      }
    `,
  ];

  declare context: AppContext;
  declare timeline: Timeline;
  declare isGroup: boolean;
  declare selection: ReadonlySet<string> | undefined;
  declare activeKey: string | undefined;
  declare stopKey: string | undefined;
  declare markedKey: string | undefined;
  /** Folded texts and spoilers that were opened: a history key, or one with the number of the spoiler. */
  declare opened: ReadonlySet<string>;
  declare isAtEnd: boolean;
  #anchor: ScrollAnchor | undefined;
  #pressTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #resize = new ResizeObserver(() => this.#anchor?.restore());

  constructor() {
    super();
    this.opened = new Set();
    this.isAtEnd = true;
    this.isGroup = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.#onSeen);
    addEventListener('focus', this.#onSeen);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.#onSeen);
    removeEventListener('focus', this.#onSeen);
    this.#resize.disconnect();
    this.#anchor = undefined;
  }

  /** The message that the keyboard or the mouse is at. */
  get activeMessage(): StoredMessage | undefined {
    const focused = (this.renderRoot as ShadowRoot).activeElement?.closest<HTMLElement>('[data-key]')?.dataset['key'];
    const key = focused ?? this.activeKey;
    return this.timeline.messages.value.find(({ historyKey }) => historyKey === key);
  }

  async scrollToEnd(): Promise<void> {
    await this.timeline.jumpToEnd();
    await this.updateComplete;
    if (this.#anchor !== undefined) this.#anchor.isAtEnd = true;
    this.#anchor?.restore();
    this.#onScroll();
  }

  /** Puts the keyboard on the newest message, or on the one that it was on. */
  focusMessages(): void {
    const key = this.stopKey ?? this.timeline.messages.value.at(-1)?.historyKey;
    if (key !== undefined) this.#anchor?.find(key)?.focus();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('timeline')) {
      if (this.#anchor !== undefined) this.#anchor.isAtEnd = true;
      this.opened = new Set();
      this.activeKey = undefined;
      this.stopKey = undefined;
      this.isAtEnd = true;
    } else this.#anchor?.remember();
  }

  protected override render(): TemplateResult {
    const { timeline } = this;
    const items = toTimelineItems(timeline.messages.value, timeline.firstUnread.value);
    const stop = this.stopKey ?? timeline.messages.value.at(-1)?.historyKey;
    // Read here, so that what changes them draws the lines anew.
    const { target } = timeline;
    const dependencies = [this.context.state.members.value, locale.value, this.opened, this.isGroup, target.value];
    return html`<div
        class="scroll"
        role="list"
        aria-label=${msg('Messages')}
        aria-busy=${String(!timeline.isLoaded.value)}
        @scroll=${this.#onScroll}
        @pointerover=${this.#onPointerOver}
        @pointerleave=${() => (this.activeKey = undefined)}
        @pointerdown=${this.#onPointerDown}
        @pointerup=${this.#endPress}
        @pointermove=${this.#endPress}
        @pointercancel=${this.#endPress}
        @contextmenu=${this.#onContextMenu}
        @focusin=${this.#onFocus}
        @keydown=${this.#onKey}
      >
        ${repeat(
          items,
          ({ key }) => key,
          (item) => this.#renderItem(item, stop, dependencies),
        )}
        ${this.#renderTyping()}
      </div>
      <div class="visually-hidden" role="log" aria-live="polite">${this.#announcement()}</div>
      ${this.#renderToEnd()}`;
  }

  protected override updated(): void {
    if (this.#anchor === undefined) {
      const scroller = this.renderRoot.querySelector<HTMLElement>('.scroll');
      if (scroller === null) return;
      this.#anchor = new ScrollAnchor(scroller);
      this.#resize.observe(scroller);
    }
    this.#anchor.restore();
    this.#takeTarget(this.#anchor);
    queueMicrotask(() => this.#onScroll());
  }

  #renderItem(item: TimelineItem, stop: string | undefined, dependencies: readonly unknown[]): unknown {
    const { key } = item;
    if (item.type !== 'message' && item.type !== 'notice') return renderItem(item, this.#rowContext(key, stop));
    const { message } = item;
    const isActive = key === this.activeKey;
    const isSelected = this.selection?.has(key);
    const flags = [isActive, isSelected, key === stop, key === this.markedKey];
    const grouping = item.type === 'message' ? [item.isFirst, item.isLast] : [];
    return html`${guard([message, ...flags, ...grouping, ...dependencies], () =>
      renderItem(item, this.#rowContext(key, stop)),
    )}`;
  }

  #rowContext(key: string, stop: string | undefined): Parameters<typeof renderItem>[1] {
    return {
      state: this.context.state,
      isGroup: this.isGroup,
      isActive: key === this.activeKey,
      isMarked: key === this.markedKey,
      isSelected: this.selection?.has(key),
      isStop: key === stop,
      text: {
        isUnfolded: this.opened.has(key),
        isRevealed: (spoiler) => this.opened.has(`${key} ${spoiler}`),
        onUnfold: () => this.#openMore(key),
        onReveal: (spoiler) => this.#openMore(`${key} ${spoiler}`),
      },
      act: (action, message, place) => this.#act(action, message, place),
    };
  }

  #renderTyping(): TemplateResult | typeof nothing {
    const { state } = this.context;
    const accounts = state.conversations.typing.value.get(this.timeline.conversation) ?? [];
    if (accounts.length === 0) return nothing;
    return html`<div class="typing" role="listitem">
      <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>
      <span
        >${this.isGroup ? describeTyping(state, accounts, true) : msg(str`${state.directory.nameOf(accounts[0] ?? '')} is typing …`)}</span
      >
    </div>`;
  }

  #announcement(): string {
    const message = this.timeline.announced.value;
    if (message?.kind !== 'text') return '';
    return `${subjectOf(this.context.state, message.author)}: ${concealSpoilers(message)}`;
  }

  #renderToEnd(): TemplateResult | typeof nothing {
    if (this.isAtEnd && !this.timeline.hasNewer.value) return nothing;
    const count = this.context.state.conversations.find(this.timeline.conversation)?.unreadCount ?? 0;
    return html`<div class="to-end">
      <vant-icon-button
        icon="arrow-down"
        label=${msg('To the newest message')}
        @click=${() => void this.scrollToEnd()}
      ></vant-icon-button>
      ${count > 0 ? html`<vant-badge label=${msg(str`${count} unread`)}>${count}</vant-badge>` : nothing}
    </div>`;
  }

  #openMore(key: string): void {
    this.opened = new Set([...this.opened, key]);
  }

  #takeTarget(anchor: ScrollAnchor): void {
    const target = this.timeline.target.peek();
    if (target === undefined) return;
    const isDivider = !target.isMarked;
    const line = (isDivider ? anchor.find('unread') : undefined) ?? anchor.find(target.historyKey);
    if (line === undefined) return;
    anchor.isAtEnd = false;
    line.scrollIntoView({ block: isDivider ? 'start' : 'center' });
    anchor.remember();
    const { timeline } = this;
    queueMicrotask(() => {
      timeline.target.value = undefined;
      if (!target.isMarked) return;
      this.markedKey = target.historyKey;
      this.stopKey = target.historyKey;
    });
  }

  #onScroll = (): void => {
    const anchor = this.#anchor;
    const scroller = this.renderRoot.querySelector<HTMLElement>('.scroll');
    if (anchor === undefined || scroller === null || scroller.clientHeight === 0) return;
    anchor.remember();
    this.isAtEnd = anchor.isAtEnd;
    const { scrollTop, scrollHeight, clientHeight } = scroller;
    if (!this.timeline.isLoaded.peek()) return;
    if (scrollTop < AHEAD_SCREENS * clientHeight) void this.timeline.loadOlder();
    if (scrollHeight - scrollTop - clientHeight < AHEAD_SCREENS * clientHeight) void this.timeline.loadNewer();
    this.#onSeen();
  };

  /** What has been on a page that somebody looks at has been read. */
  #onSeen = (): void => {
    const { timeline } = this;
    if (document.visibilityState !== 'visible' || !document.hasFocus() || !timeline.isLoaded.peek()) return;
    const newest = timeline.messages.peek().at(-1)?.historyKey;
    const seen = this.isAtEnd && !timeline.hasNewer.peek() ? newest : this.#anchor?.lastSeen()?.dataset['key'];
    if (seen?.includes('/') === true) void timeline.markRead(seen).catch(() => undefined);
  };

  #messageAt(event: Event): StoredMessage | undefined {
    const key = (event.target as Element).closest<HTMLElement>('.row')?.dataset['key'];
    return this.timeline.messages.value.find(({ historyKey }) => historyKey === key);
  }

  #act(action: MessageAction, message: StoredMessage, place?: Element | DOMRect): void {
    const rect = place instanceof DOMRect ? place : (place ?? this).getBoundingClientRect();
    const detail: MessageActionDetail = { action, message, place: rect };
    this.dispatchEvent(new CustomEvent('message-action', { detail }));
  }

  #onPointerOver = (event: PointerEvent): void => {
    if (event.pointerType !== 'mouse') return;
    this.activeKey = (event.target as Element).closest<HTMLElement>('.row')?.dataset['key'];
  };

  /** Safari on phones has no contextmenu event. */
  #onPointerDown = (event: PointerEvent): void => {
    const message = this.#messageAt(event);
    if (event.pointerType !== 'touch' || message === undefined || this.selection !== undefined) return;
    const place = new DOMRect(event.clientX, event.clientY, 0, 0);
    this.#pressTimer = setTimeout(() => this.#act('menu', message, place), LONG_PRESS_MS);
  };

  #endPress = (): void => clearTimeout(this.#pressTimer);

  #onContextMenu = (event: MouseEvent): void => {
    const message = this.#messageAt(event);
    // A link and selected text keep the browser's own menu.
    if (
      message === undefined ||
      (event.target as Element).closest('a') !== null ||
      getSelection()?.isCollapsed === false
    )
      return;
    event.preventDefault();
    clearTimeout(this.#pressTimer);
    const isFromKeyboard = event.clientX === 0 && event.clientY === 0;
    const place = isFromKeyboard
      ? (event.target as Element).getBoundingClientRect()
      : new DOMRect(event.clientX, event.clientY, 0, 0);
    this.#act('menu', message, place);
  };

  #onFocus = (event: FocusEvent): void => {
    const key = (event.target as Element).closest<HTMLElement>('.row')?.dataset['key'];
    if (key === undefined) return;
    this.stopKey = key;
    if ((event.target as Element).matches(':focus-visible')) this.activeKey = key;
  };

  #onKey = (event: KeyboardEvent): void => {
    const row = (event.target as Element).closest<HTMLElement>('.row');
    if (row === null || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' && event.target === row) {
      const message = this.#messageAt(event);
      if (message !== undefined) this.#act(this.selection === undefined ? 'menu' : 'toggle', message, row);
      event.preventDefault();
      return;
    }
    const rows = [...this.renderRoot.querySelectorAll<HTMLElement>('.row')];
    const at = rows.indexOf(row);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    const line = next === undefined ? undefined : rows[next];
    if (line === undefined) return;
    event.preventDefault();
    line.focus({ preventScroll: true });
    line.scrollIntoView({ block: 'nearest' });
  };
}

customElements.define('vant-timeline-view', TimelineView);
