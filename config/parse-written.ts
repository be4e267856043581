import type { Problem } from './problem.ts';
import { ValueError, type ValueType } from './values/value-type.ts';
import type { WrittenText, WrittenValue } from './written.ts';

export interface ParsedValue {
  readonly value: unknown;
  readonly problems: readonly Problem[];
}

/** Reads one value; of a list every element, so that each wrong one is named. */
export function parseWritten(type: ValueType<unknown>, written: WrittenValue, option: string): ParsedValue {
  if (type.item === undefined || written.items === undefined) return parseText(type, written, option);
  const parsed = written.items.map((item) => parseText(type.item ?? type, item, option));
  return { value: parsed.map(({ value }) => value), problems: parsed.flatMap(({ problems }) => problems) };
}

function parseText(type: ValueType<unknown>, written: WrittenText, option: string): ParsedValue {
  try {
    return { value: type.parse(written.text, { baseDir: written.baseDir }), problems: [] };
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const help = error.help === undefined ? {} : { help: error.help };
    return { value: undefined, problems: [{ option, place: written.place, message: error.message, ...help }] };
  }
}
