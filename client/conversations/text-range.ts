/** Mentions and styles of a text, as a UI uses them and as they travel. */
import { TextStyle, type BodyRange } from '../../wire/generated/content.ts';
import { accountIdFromBytes, accountIdToBytes, type AccountId } from '../../wire/ids.ts';
import { MAX_RANGES } from './limits.ts';

const STYLES = {
  bold: TextStyle.BOLD,
  italic: TextStyle.ITALIC,
  strikethrough: TextStyle.STRIKETHROUGH,
  monospace: TextStyle.MONOSPACE,
  spoiler: TextStyle.SPOILER,
} as const;

export type TextStyleName = keyof typeof STYLES;

/** A stretch of text in UTF-16 code units: either a mention or a style. */
export interface TextRange {
  readonly start: number;
  readonly length: number;
  readonly mention?: AccountId;
  readonly style?: TextStyleName;
}

/** Ranges that do not fit the text, or are empty, or of a kind that is unknown, are left out. */
export function fromBodyRanges(ranges: readonly BodyRange[], text: string): TextRange[] {
  return ranges.slice(0, MAX_RANGES).flatMap(({ start, length, value }): TextRange[] => {
    if (length === 0 || start + length > text.length) return [];
    if (value?.$case === 'mention' && value.value.length === 16) {
      return [{ start, length, mention: accountIdFromBytes(value.value) }];
    }
    const style = value?.$case === 'style' ? styleNameOf(value.value) : undefined;
    return style === undefined ? [] : [{ start, length, style }];
  });
}

export function toBodyRanges(ranges: readonly TextRange[]): BodyRange[] {
  return ranges.slice(0, MAX_RANGES).flatMap(({ start, length, mention, style }): BodyRange[] => {
    if (mention !== undefined) {
      return [{ start, length, value: { $case: 'mention', value: accountIdToBytes(mention) } }];
    }
    return style === undefined ? [] : [{ start, length, value: { $case: 'style', value: STYLES[style] } }];
  });
}

export const isTextStyleName = (name: string): name is TextStyleName => Object.hasOwn(STYLES, name);

function styleNameOf(style: TextStyle): TextStyleName | undefined {
  return (Object.keys(STYLES) as TextStyleName[]).find((name) => STYLES[name] === style);
}
