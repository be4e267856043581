/** One line of the timeline. */
import { msg, str } from '@lit/localize';
import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';

import type { StoredMessage } from '../../../client/conversations/history.ts';
import { hueOf } from '../../components/avatar.ts';
import type { DeliveryStatus } from '../../components/delivery-mark.ts';
import { drawIcon } from '../../components/icon.ts';
import type { IconName } from '../../components/icon-shapes.ts';
import { errorText } from '../../i18n/error-texts.ts';
import { formatDateTime, formatTime } from '../../i18n/format.ts';
import { pathTo } from '../../platform/router.ts';
import type { AppState } from '../../state/app-state.ts';
import type { MessageItem, TimelineItem } from '../../state/timeline-items.ts';
import { styleProperties } from '../../styles/style-properties.ts';
import { countLargeEmoji } from '../../text/segments.ts';
import { formatDayHeading, formatTimer } from '../../text/when.ts';
import { deliveryLabel, describeDeleted, describeNotice, faceOf, subjectOf } from '../conversations/describe.ts';
import { renderText, type TextContext } from './message-text.ts';

export interface RowContext {
  readonly state: AppState;
  readonly isGroup: boolean;
  readonly isActive: boolean;
  readonly isMarked: boolean;
  /** Undefined while nothing is being selected. */
  readonly isSelected: boolean | undefined;
  readonly isStop: boolean;
  readonly text: Omit<TextContext, 'self' | 'nameOf'>;
  readonly act: (action: MessageAction, message: StoredMessage, place?: Element) => void;
}

export type MessageAction = 'reply' | 'react' | 'menu' | 'resend' | 'quote' | 'reactions' | 'toggle';

export function renderItem(item: TimelineItem, context: RowContext): TemplateResult | typeof nothing {
  switch (item.type) {
    case 'day':
      return html`<div class="day" role="listitem" data-key=${item.key}>${formatDayHeading(item.at)}</div>`;
    case 'unread':
      return html`<div class="divider" role="listitem" data-key=${item.key}>${msg('New messages')}</div>`;
    case 'notice':
      return renderNotice(item.message, context.state);
    case 'message':
      return renderMessage(item, context);
  }
}

const NOTICE_ICONS: Readonly<Record<NonNullable<StoredMessage['notice']>['type'], IconName>> = {
  'identity-changed': 'shield-alert',
  verification: 'shield-check',
  'expire-timer': 'timer',
  'member-joined': 'user-plus',
  'member-left': 'user-minus',
  call: 'history',
  group: 'users',
  unsupported: 'circle-question-mark',
};

function renderNotice(message: StoredMessage, state: AppState): TemplateResult | typeof nothing {
  const { notice } = message;
  if (notice === undefined) return nothing;
  const isWarning = notice.type === 'identity-changed';
  return html`<div class="notice ${isWarning ? 'warning' : ''}" role="listitem" data-key=${message.historyKey}>
    ${drawIcon(NOTICE_ICONS[notice.type])}
    <span title=${formatDateTime(message.timestamp)}
      >${describeNotice(state, notice, message)}
      ${isWarning ? html`<a href=${pathTo('identity', notice.accountId)}>${msg('Verify')}</a>` : nothing}</span
    >
  </div>`;
}

function renderMessage({ message, isFirst, isLast }: MessageItem, context: RowContext): TemplateResult {
  const { state, isGroup, isSelected, isActive } = context;
  const isOwn = message.direction === 'outgoing';
  const isSelecting = isSelected !== undefined;
  const classes = {
    row: true,
    own: isOwn,
    first: isFirst,
    last: isLast,
    marked: context.isMarked,
    selecting: isSelecting,
    selected: isSelected === true,
  };
  return html`<div
    class=${classMap(classes)}
    role="listitem"
    tabindex=${context.isStop ? 0 : -1}
    data-key=${message.historyKey}
    @click=${isSelecting ? () => context.act('toggle', message) : nothing}
  >
    ${isSelecting ? html`<span class="check" role="img" aria-label=${isSelected ? msg('Selected') : msg('Not selected')}>${drawIcon('check')}</span>` : nothing}
    ${isGroup && !isOwn ? html`<span class="gutter">${isLast ? renderAvatar(state, message.author) : nothing}</span>` : nothing}
    <div class="stack">
      ${renderBubble(message, isFirst, context)} ${renderReactions(message, context)} ${renderFailure(message, context)}
      ${isActive && !isSelecting && message.isDeleted !== true ? renderTools(message, context) : nothing}
    </div>
  </div>`;
}

function renderAvatar(state: AppState, author: string): TemplateResult {
  const { name, identity, picture, pictureType } = faceOf(state, author);
  return html`<vant-avatar
    size="s"
    name=${name}
    identity=${identity}
    .picture=${picture}
    .pictureType=${pictureType}
  ></vant-avatar>`;
}

function renderBubble(message: StoredMessage, isFirst: boolean, context: RowContext): TemplateResult {
  const { state, isGroup } = context;
  const name = subjectOf(state, message.author);
  const hasName = isGroup && isFirst && message.direction === 'incoming';
  const author = hasName
    ? html`<span class="author" dir="auto" style=${styleProperties({ '--hue': String(hueOf(message.author)) })}
        >${name}</span
      >`
    : html`<span class="visually-hidden">${name}:</span>`;
  if (message.isDeleted === true)
    return html`<div class="bubble deleted">
      ${author}<span>${describeDeleted(state, message)}</span>${renderMeta(message)}
    </div>`;
  const large = message.quote === undefined ? countLargeEmoji(message.text) : 0;
  const text: TextContext = {
    ...context.text,
    self: state.account.value?.accountId,
    nameOf: (accountId) => state.directory.nameOf(accountId),
  };
  const textClass = large === 0 ? 'text' : large === 1 ? 'text large large-1' : 'text large';
  return html`<div class="bubble ${large > 0 ? 'bare' : ''}">
    ${author}${renderQuote(message, context)}<span class=${textClass} dir="auto">${renderText(message, text)}</span
    >${renderMeta(message)}
  </div>`;
}

function renderQuote(message: StoredMessage, { state, act }: RowContext): TemplateResult | typeof nothing {
  const { quote } = message;
  if (quote === undefined) return nothing;
  return html`<button class="quote" type="button" @click=${() => act('quote', message)}>
    <b>${subjectOf(state, quote.author)}</b><span dir="auto">${quote.text}</span>
  </button>`;
}

function renderMeta(message: StoredMessage): TemplateResult {
  const { editedAt, expireTimerSeconds, timestamp, direction, status, isDeleted } = message;
  const isOwn = direction === 'outgoing' && isDeleted !== true && status !== 'received';
  return html`<span class="meta">
    ${editedAt === undefined || isDeleted === true ? nothing : html`<span title=${formatDateTime(editedAt)}>${msg('edited')}</span>`}
    ${
      expireTimerSeconds === undefined
        ? nothing
        : html`<span role="img" aria-label=${msg(str`Disappears after ${formatTimer(expireTimerSeconds)}`)}
            >${drawIcon('timer')}</span
          >`
    }
    <time title=${formatDateTime(timestamp)}>${formatTime(timestamp)}</time>
    ${isOwn ? renderDelivery(status) : nothing}
  </span>`;
}

const DELIVERY_ICONS: Readonly<Record<DeliveryStatus, IconName>> = {
  queued: 'clock',
  sent: 'check',
  delivered: 'check-check',
  read: 'check-check',
  failed: 'circle-alert',
};

const renderDelivery = (status: DeliveryStatus): TemplateResult =>
  html`<span class=${status} role="img" aria-label=${deliveryLabel(status)} data-status=${status}
    >${drawIcon(DELIVERY_ICONS[status])}</span
  >`;

function renderReactions(message: StoredMessage, { state, act }: RowContext): TemplateResult | typeof nothing {
  const entries = Object.entries(message.reactions ?? {});
  if (entries.length === 0 || message.isDeleted === true) return nothing;
  const self = state.account.value?.accountId ?? '';
  const groups = Map.groupBy(entries, ([, emoji]) => emoji);
  return html`<div class="reactions">
    ${[...groups].map(([emoji, members]) => {
      const isMine = members.some(([account]) => account === self);
      const names = members.map(([account]) => subjectOf(state, account)).join(', ');
      return html`<button
        class="reaction ${isMine ? 'mine' : ''}"
        type="button"
        title=${names}
        aria-label=${msg(str`${emoji}, by ${names}`)}
        @click=${(event: Event) => act('reactions', message, event.currentTarget as Element)}
      >
        <span>${emoji}</span>${members.length > 1 ? members.length : nothing}
      </button>`;
    })}
  </div>`;
}

function renderFailure(message: StoredMessage, { act }: RowContext): TemplateResult | typeof nothing {
  const { failure, status, direction } = message;
  if (direction !== 'outgoing' || failure === undefined) return nothing;
  const hasFailed = status === 'failed';
  return html`<div class="failed">
    ${drawIcon('circle-alert')}
    <span>${hasFailed ? msg('Not sent.') : msg('Not sent to everyone.')} ${errorText({ code: failure })}</span>
    <button type="button" @click=${() => act('resend', message)}>${msg('Try again')}</button>
  </div>`;
}

function renderTools(message: StoredMessage, { act }: RowContext): TemplateResult {
  const tool = (action: MessageAction, icon: IconName, label: string): TemplateResult =>
    html`<button
      type="button"
      tabindex="-1"
      aria-label=${label}
      title=${label}
      @click=${(event: Event) => act(action, message, event.currentTarget as Element)}
    >
      ${drawIcon(icon)}
    </button>`;
  return html`<div class="tools">
    ${tool('react', 'smile-plus', msg('React'))} ${tool('reply', 'reply', msg('Reply'))}
    ${tool('menu', 'ellipsis-vertical', msg('More'))}
  </div>`;
}
