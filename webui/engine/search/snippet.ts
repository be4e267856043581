/** The part of a text that shows why it was found. */
import type { HighlightRange } from './search-api.ts';
import { splitWords, type Word } from './words.ts';

/** Two or three lines of a list. */
const SNIPPET_LENGTH = 160;
const LEAD_LENGTH = 40;

/** The words of a query: all but the last have to be whole. */
export interface Query {
  readonly whole: ReadonlySet<string>;
  readonly beginning: string;
}

export function parseQuery(text: string): Query | undefined {
  const terms = splitWords(text).map(({ term }) => term);
  const beginning = terms.at(-1);
  return beginning === undefined ? undefined : { whole: new Set(terms.slice(0, -1)), beginning };
}

export function findMatches(text: string, { whole, beginning }: Query): HighlightRange[] {
  return splitWords(text)
    .filter(({ term }) => whole.has(term) || term.startsWith(beginning))
    .map(({ start, end }) => [start, end]);
}

export function makeSnippet(
  text: string,
  query: Query,
): { readonly snippet: string; readonly highlights: readonly HighlightRange[] } {
  const matches = findMatches(text, query);
  if (text.length <= SNIPPET_LENGTH) return { snippet: text, highlights: matches };
  const first = matches[0]?.[0] ?? 0;
  const start = first <= LEAD_LENGTH ? 0 : startOfWord(text, first - LEAD_LENGTH, first);
  const end = Math.min(text.length, avoidHalf(text, start + SNIPPET_LENGTH));
  const lead = start > 0 ? '…' : '';
  const highlights = matches
    .filter(([from, to]) => from >= start && to <= end)
    .map(([from, to]): HighlightRange => [from - start + lead.length, to - start + lead.length]);
  return { snippet: `${lead}${text.slice(start, end)}${end < text.length ? '…' : ''}`, highlights };
}

function startOfWord(text: string, from: number, before: number): number {
  const word = splitWords(text.slice(from, before)).find((candidate: Word) => candidate.start > 0);
  return word === undefined ? avoidHalf(text, from) : from + word.start;
}

/** Never between the two halves of a surrogate pair. */
function avoidHalf(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff ? index - 1 : index;
}
