/** A text with its mentions, styles and links, cut into pieces that each look the same from start to end. */
import type { TextRange, TextStyleName } from '../../client/conversations/text-range.ts';
import { findLinks, type Link } from './links.ts';

export interface Segment {
  readonly text: string;
  readonly styles: readonly TextStyleName[];
  readonly mention?: string;
  readonly link?: Link;
  /** The same number for all pieces of one spoiler. */
  readonly spoiler?: number;
}

export function toSegments(text: string, ranges: readonly TextRange[] = []): Segment[] {
  const links = findLinks(text);
  const cuts = new Set([0, text.length]);
  for (const { start, length } of ranges) cuts.add(start).add(start + length);
  for (const { start, end } of links) cuts.add(start).add(end);
  const points = [...cuts].filter((point) => point <= text.length).sort((a, b) => a - b);
  return points
    .slice(0, -1)
    .map((start, index) => describe(text, start, points[index + 1] ?? text.length, ranges, links));
}

function describe(
  text: string,
  start: number,
  end: number,
  ranges: readonly TextRange[],
  links: readonly Link[],
): Segment {
  const covering = ranges.filter((range) => range.start <= start && range.start + range.length >= end);
  const mention = covering.find((range) => range.mention !== undefined)?.mention;
  const link = links.find((each) => each.start <= start && each.end >= end);
  const spoiler = ranges.findIndex((range) => range.style === 'spoiler' && covering.includes(range));
  const styles = [
    ...new Set(covering.flatMap(({ style }) => (style === undefined || style === 'spoiler' ? [] : [style]))),
  ];
  return {
    text: text.slice(start, end),
    styles,
    ...(mention === undefined ? {} : { mention }),
    ...(link === undefined ? {} : { link }),
    ...(spoiler < 0 ? {} : { spoiler }),
  };
}

const segmenter = new Intl.Segmenter();
const EMOJI = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\ufe0f?)$/v;
const MAX_LARGE = 5;

/** How many emoji a message consists of, when it has nothing else and not too many of them; else 0. */
export function countLargeEmoji(text: string): number {
  if (text.length > 80) return 0;
  const characters = [...segmenter.segment(text)].map(({ segment }) => segment).filter((each) => each.trim() !== '');
  return characters.length <= MAX_LARGE && characters.every((each) => EMOJI.test(each)) ? characters.length : 0;
}
