/** Formatting as people type it: **bold**, *italic* or _italic_, ~~struck out~~, `code`, ||spoiler||. The marks become ranges
 * when a message is sent, and marks again when it is edited. */
import type { TextRange, TextStyleName } from '../../client/conversations/text-range.ts';

export interface MarkedText {
  readonly text: string;
  readonly ranges: readonly TextRange[];
}

/** The longer mark first, so that ** is not taken for two *. */
const MARKS: readonly (readonly [mark: string, style: TextStyleName])[] = [
  ['**', 'bold'],
  ['~~', 'strikethrough'],
  ['||', 'spoiler'],
  ['`', 'monospace'],
  ['*', 'italic'],
  ['_', 'italic'],
];

export const markOf = (style: TextStyleName): string => MARKS.find(([, each]) => each === style)?.[0] ?? '';

interface Found {
  readonly open: number;
  readonly close: number;
  readonly mark: string;
  readonly style: TextStyleName;
}

/** Takes the marks out. `ranges` are mentions in the text as it is with marks. */
export function parseMarks(source: string, ranges: readonly TextRange[] = []): MarkedText {
  const found = findMarks(source);
  const cuts = found
    .flatMap(({ open, close, mark }) => [
      { at: open, length: mark.length },
      { at: close, length: mark.length },
    ])
    .sort((a, b) => a.at - b.at);
  let text = '';
  let from = 0;
  for (const { at, length } of cuts) {
    text += source.slice(from, at);
    from = at + length;
  }
  text += source.slice(from);
  const move = (position: number): number =>
    position - cuts.reduce((sum, { at, length }) => sum + Math.max(0, Math.min(length, position - at)), 0);
  const moved = (start: number, end: number): { start: number; length: number } => ({
    start: move(start),
    length: move(end) - move(start),
  });
  const styles = found.map(({ open, close, mark, style }) => ({ ...moved(open + mark.length, close), style }));
  const mentions = ranges.map(({ start, length, ...rest }) => ({ ...rest, ...moved(start, start + length) }));
  return trim(
    text,
    [...mentions, ...styles].filter(({ length }) => length > 0).sort((a, b) => a.start - b.start),
  );
}

/** Puts the marks back in. Mentions stay ranges. */
export function toMarks({ text, ranges }: MarkedText): MarkedText {
  const inserts = ranges
    .filter((range) => range.style !== undefined)
    .flatMap(({ start, length, style }) => {
      const mark = style === undefined ? '' : markOf(style);
      return [
        { at: start, mark, isOpen: true, length },
        { at: start + length, mark, isOpen: false, length },
      ];
    })
    // At one place: close before opening; the wider one opens first and closes last.
    .sort(
      (a, b) =>
        a.at - b.at || Number(a.isOpen) - Number(b.isOpen) || (a.isOpen ? b.length - a.length : a.length - b.length),
    );
  let marked = '';
  let from = 0;
  for (const { at, mark } of inserts) {
    marked += text.slice(from, at) + mark;
    from = at;
  }
  marked += text.slice(from);
  const shift = (position: number): number =>
    inserts
      .filter(({ at, isOpen }) => at < position || (at === position && isOpen))
      .reduce((sum, { mark }) => sum + mark.length, position);
  const mentions = ranges
    .filter((range) => range.mention !== undefined)
    .map((range) => ({ ...range, start: shift(range.start) }));
  return { text: marked, ranges: mentions };
}

function findMarks(source: string): Found[] {
  const found: Found[] = [];
  const open: { readonly mark: string; readonly style: TextStyleName; readonly at: number }[] = [];
  let position = 0;
  while (position < source.length) {
    const here = MARKS.find(([mark]) => source.startsWith(mark, position));
    if (here === undefined || isInsideUrl(source, position)) {
      position++;
      continue;
    }
    const [mark, style] = here;
    const code = open.find((each) => each.mark === '`');
    const opener = open.findLastIndex((each) => each.mark === mark);
    // In code, marks are text.
    if (code !== undefined && mark !== '`') position++;
    else if (opener >= 0 && canClose(source, position, mark, open[opener]?.at ?? 0)) {
      const start = open[opener];
      if (start !== undefined) found.push({ open: start.at, close: position, mark, style });
      open.length = opener;
      position += mark.length;
    } else {
      if (canOpen(source, position, mark)) open.push({ mark, style, at: position });
      position += mark.length;
    }
  }
  return found;
}

const isWord = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);
const isBlank = (letter: string | undefined): boolean => letter === undefined || /\s/u.test(letter);

/** `2*3*4` and `a_b_c` are no formatting. */
function canOpen(source: string, at: number, mark: string): boolean {
  const isInsideWord = mark.length === 1 && mark !== '`' && isWord(source[at - 1]);
  return !isBlank(source[at + mark.length]) && !isInsideWord && source.includes(mark, at + mark.length);
}

function canClose(source: string, at: number, mark: string, opener: number): boolean {
  if (at <= opener + mark.length - 1 || isBlank(source[at - 1])) return false;
  if (at === opener + mark.length) return false;
  return mark.length > 1 || mark === '`' || !isWord(source[at + 1]);
}

/** An underscore in an address stays one. */
function isInsideUrl(source: string, at: number): boolean {
  const start = Math.max(source.lastIndexOf(' ', at), source.lastIndexOf('\n', at)) + 1;
  return /^[*_~|`]*(?:https?:\/\/|www\.)\S/i.test(source.slice(start, at));
}

/** Without blanks around, which the sender did not mean to send. */
function trim(text: string, ranges: readonly TextRange[]): MarkedText {
  const lead = text.length - text.trimStart().length;
  const trimmed = text.trim();
  const kept = ranges.flatMap((range) => {
    const start = Math.max(0, range.start - lead);
    const end = Math.min(trimmed.length, range.start + range.length - lead);
    return end > start ? [{ ...range, start, length: end - start }] : [];
  });
  return { text: trimmed, ranges: kept };
}
