/** `<vant-conversation-row>`: one conversation in the list. Gives `row-menu` with a place for its menu. */
import { msg, str } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base, focusRing, visuallyHidden } from '../styles/shared.ts';
import './avatar.ts';
import './badge.ts';
import type { DeliveryStatus } from './delivery-mark.ts';
import './delivery-mark.ts';
import './icon-button.ts';
import type { IconName } from './icon-shapes.ts';
import './icon.ts';

export interface RowContent {
  readonly href: string;
  readonly name: string;
  readonly identity: string;
  readonly picture?: Uint8Array | undefined;
  readonly pictureType?: string | undefined;
  readonly icon?: IconName | undefined;
  readonly isVerified?: boolean;
  /** Before the preview, set apart: a sender, "Draft". */
  readonly prefix?: string | undefined;
  readonly preview?: string | undefined;
  readonly previewTone?: 'normal' | 'accent' | 'quiet';
  readonly time?: string | undefined;
  readonly unreadCount?: number;
  readonly hasMention?: boolean;
  readonly isMarkedUnread?: boolean;
  readonly delivery?: { readonly status: DeliveryStatus; readonly label: string } | undefined;
  readonly isMuted?: boolean;
  readonly isPinned?: boolean;
  readonly isCurrent?: boolean;
  readonly hasMenu?: boolean;
}

export class ConversationRow extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override properties = { content: { attribute: false }, isStop: { type: Boolean } };
  static override styles = [
    base,
    focusRing,
    visuallyHidden,
    css`
      :host {
        display: block;
        position: relative;
        height: 100%;
      }
      a {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        align-items: center;
        gap: var(--space-3);
        height: calc(100% - 2px);
        padding: 0 var(--space-3) 0 var(--space-2);
        border-radius: var(--radius-m);
        color: inherit;
        text-decoration: none;
        outline-offset: -2px;
        user-select: none;
        -webkit-touch-callout: none;
      }
      a:hover {
        background: var(--color-hover);
      }
      a[aria-current='page'] {
        background: var(--color-selected);
      }
      .line {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        min-width: 0;
        height: 1.375rem;
      }
      .name {
        flex: 0 1 auto;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-weight: var(--weight-medium);
      }
      .unread .name {
        font-weight: var(--weight-bold);
      }
      .mark {
        font-size: 0.75rem;
        color: var(--color-text-faint);
      }
      .verified {
        margin-left: -0.25rem;
        color: var(--color-accent-text);
      }
      .time {
        margin-left: auto;
        flex: none;
        font-size: var(--text-xs);
        color: var(--color-text-faint);
        font-variant-numeric: tabular-nums;
      }
      .unread .time {
        font-weight: var(--weight-medium);
        color: var(--color-accent-text);
      }
      .preview {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-size: var(--text-s);
        color: var(--color-text-soft);
      }
      .unread .preview {
        color: var(--color-text);
      }
      .preview.accent {
        color: var(--color-accent-text);
      }
      .preview.quiet {
        font-style: italic;
      }
      .prefix {
        color: var(--color-text);
      }
      .prefix.draft {
        color: var(--color-danger-text);
      }
      a[aria-current='page'] :is(.time, .mark) {
        color: var(--color-text-soft);
      }
      vant-delivery-mark {
        color: var(--color-text-faint);
      }
      .dot {
        width: 0.625rem;
        height: 0.625rem;
        margin: 0 0.3125rem;
        border-radius: 50%;
        background: var(--color-badge);
      }
      .menu {
        position: absolute;
        right: var(--space-2);
        bottom: 0.5rem;
        display: none;
        border-radius: var(--radius-full);
        background: var(--color-sidebar);
      }
      @media (hover: hover) {
        :host(:is(:hover, :focus-within)) .menu {
          display: inline-flex;
        }
      }
    `,
  ];

  declare content: RowContent;
  declare isStop: boolean;

  protected override render(): TemplateResult {
    const { content } = this;
    const isUnread = (content.unreadCount ?? 0) > 0 || content.isMarkedUnread === true;
    return html`<a
        href=${content.href}
        class=${isUnread ? 'unread' : ''}
        tabindex=${this.isStop ? 0 : -1}
        aria-current=${content.isCurrent === true ? 'page' : nothing}
        @contextmenu=${this.#onContextMenu}
        @keydown=${this.#onKey}
      >
        <vant-avatar
          name=${content.name}
          identity=${content.identity}
          .picture=${content.picture}
          .pictureType=${content.pictureType}
          .icon=${content.icon}
        ></vant-avatar>
        <div>${this.#renderFirstLine(content)}${this.#renderSecondLine(content)}</div>
      </a>
      ${
        content.hasMenu === true
          ? html`<vant-icon-button
              class="menu"
              size="small"
              icon="ellipsis-vertical"
              label=${msg(str`Options for ${content.name}`)}
              popup="menu"
              @click=${this.#onMenuButton}
            ></vant-icon-button>`
          : nothing
      }`;
  }

  #renderFirstLine(content: RowContent): TemplateResult {
    return html`<div class="line">
      <span class="name" dir="auto">${content.name}</span>
      ${content.isVerified === true ? mark('shield-check', msg('Verified'), 'mark verified') : nothing}
      ${content.isMuted === true ? mark('bell-off', msg('Muted')) : nothing}
      ${content.isPinned === true ? mark('pin', msg('Pinned')) : nothing}
      ${content.time === undefined ? nothing : html`<span class="time">${content.time}</span>`}
    </div>`;
  }

  #renderSecondLine(content: RowContent): TemplateResult | typeof nothing {
    const { preview, prefix, delivery, unreadCount = 0 } = content;
    if (preview === undefined && prefix === undefined) return nothing;
    const isDraft = content.previewTone === 'normal' && prefix === msg('Draft:');
    return html`<div class="line">
      <span class="preview ${content.previewTone ?? 'normal'}"
        >${prefix === undefined ? nothing : html`<span class="prefix ${isDraft ? 'draft' : ''}">${prefix} </span>`}<bdi
          >${preview}</bdi
        ></span
      >
      ${
        delivery === undefined
          ? nothing
          : html`<vant-delivery-mark status=${delivery.status} label=${delivery.label}></vant-delivery-mark>`
      }
      ${content.hasMention === true ? html`<vant-badge label=${msg('You were mentioned')}>@</vant-badge>` : nothing}
      ${this.#renderUnread(unreadCount, content.isMarkedUnread === true, content.isMuted === true)}
    </div>`;
  }

  #renderUnread(count: number, isMarked: boolean, isMuted: boolean): TemplateResult | typeof nothing {
    if (count > 0) {
      const shown = count > 999 ? '999+' : String(count);
      const label = msg(str`${count} unread`);
      return html`<vant-badge tone=${isMuted ? 'quiet' : 'accent'} label=${label}>${shown}</vant-badge>`;
    }
    return isMarked ? html`<span class="dot" role="img" aria-label=${msg('Marked as unread')}></span>` : nothing;
  }

  #onMenuButton = (event: Event): void => this.#askMenu((event.currentTarget as Element).getBoundingClientRect());

  #onContextMenu = (event: MouseEvent): void => {
    if (this.content.hasMenu !== true) return;
    event.preventDefault();
    // From the keyboard it comes without a place.
    if (event.clientX === 0 && event.clientY === 0) this.#askMenu(this.getBoundingClientRect());
    else this.#askMenu(new DOMRect(event.clientX, event.clientY, 0, 0));
  };

  #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ContextMenu' || this.content.hasMenu !== true) return;
    event.preventDefault();
    this.#askMenu(this.getBoundingClientRect());
  };

  #askMenu(place: DOMRect): void {
    this.dispatchEvent(new CustomEvent('row-menu', { detail: place, bubbles: true, composed: true }));
  }
}

const mark = (icon: IconName, label: string, classes = 'mark'): TemplateResult =>
  html`<span class=${classes} role="img" aria-label=${label}><vant-icon name=${icon}></vant-icon></span>`;

customElements.define('vant-conversation-row', ConversationRow);
