/** The text of a message as it is seen: styles, mentions, spoilers that open, links that are safe. */
import { msg, str } from '@lit/localize';
import { html, nothing, type TemplateResult } from 'lit';
import type { StoredMessage } from '../../../client/conversations/history.ts';
import type { Link } from '../../text/links.ts';
import { toSegments, type Segment } from '../../text/segments.ts';
import { askConfirmation } from '../dialogs/ask-confirmation.ts';

/** A longer text is folded. */
const FOLD_UNITS = 1400;
const FOLD_LINES = 24;

export interface TextContext {
  readonly self: string | undefined;
  readonly nameOf: (accountId: string) => string;
  readonly isUnfolded: boolean;
  readonly isRevealed: (spoiler: number) => boolean;
  readonly onUnfold: () => void;
  readonly onReveal: (spoiler: number) => void;
}

type Text = Pick<StoredMessage, 'text' | 'ranges'>;

export function renderText(message: Text, context: TextContext): TemplateResult {
  const end = context.isUnfolded ? message.text.length : foldAt(message.text);
  const segments = toSegments(message.text.slice(0, end), cutRanges(message.ranges, end));
  const isFolded = end < message.text.length;
  return html`${segments.map((segment) => renderSegment(segment, context))}${
    isFolded
      ? html`… <button class="more" type="button" @click=${context.onUnfold}>${msg('Read more')}</button>`
      : nothing
  }`;
}

function foldAt(text: string): number {
  let line = -1;
  for (let count = 0; count < FOLD_LINES; count++) {
    line = text.indexOf('\n', line + 1);
    if (line < 0) break;
  }
  const byLines = line < 0 ? text.length : line;
  const end = Math.min(text.length > FOLD_UNITS * 1.2 ? FOLD_UNITS : text.length, byLines);
  // Not through the middle of a character outside the basic plane.
  return /[\ud800-\udbff]/.test(text[end - 1] ?? '') ? end - 1 : end;
}

const cutRanges = (ranges: Text['ranges'] = [], end: number): NonNullable<Text['ranges']> =>
  ranges.flatMap((range) =>
    range.start >= end ? [] : [{ ...range, length: Math.min(range.length, end - range.start) }],
  );

function renderSegment(segment: Segment, context: TextContext): TemplateResult | string {
  const { spoiler } = segment;
  if (spoiler !== undefined && !context.isRevealed(spoiler)) {
    const reveal = (): void => context.onReveal(spoiler);
    return html`<button class="spoiler" type="button" @click=${reveal}>
      <span class="visually-hidden">${msg('Spoiler: show')}</span>
      <span aria-hidden="true">${segment.text}</span>
    </button>`;
  }
  const { mention, link, styles } = segment;
  const plain = mention === undefined ? segment.text : `@${context.nameOf(mention)}`;
  if (mention === undefined && link === undefined && styles.length === 0) return plain;
  const classes = [
    ...styles,
    ...(mention === undefined ? [] : ['mention']),
    ...(mention === context.self ? ['self'] : []),
  ];
  if (link !== undefined && !styles.includes('monospace')) return renderLink(link, plain, classes.join(' '));
  return html`<span class=${classes.join(' ')}>${plain}</span>`;
}

function renderLink(link: Link, text: string, classes: string): TemplateResult {
  const ask = (event: Event): void => {
    if (!link.isSuspicious) return;
    event.preventDefault();
    void openAfterWarning(link);
  };
  return html`<a
    class="${classes} ${link.isSuspicious ? 'suspicious' : ''}"
    href=${link.url}
    title=${link.isSuspicious ? link.plainUrl : nothing}
    target="_blank"
    rel="noopener noreferrer"
    @click=${ask}
    >${text}</a
  >`;
}

async function openAfterWarning(link: Link): Promise<void> {
  const isSure = await askConfirmation({
    heading: msg('Open this address?'),
    text: msg(str`It may not be what it looks like. It leads to: ${link.plainUrl}`),
    confirm: msg('Open'),
  });
  if (isSure) open(link.url, '_blank', 'noopener,noreferrer');
}
