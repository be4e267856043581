/** What an admin wrote, before anyone knows whether it is right. */
import type { Place, Problem } from './problem.ts';

export interface WrittenText {
  readonly text: string;
  readonly place: Place;
  /** Relative paths start here. */
  readonly baseDir: string;
}

export interface WrittenValue extends WrittenText {
  /** Set for a YAML list: its elements, each with its own place. */
  readonly items?: readonly WrittenText[];
}

/** By option path; a secret appears with the path of its file. */
export type WrittenValues = ReadonlyMap<string, WrittenValue>;

export interface Reading {
  readonly values: WrittenValues;
  /** Names that are wrong, wherever they stand. */
  readonly problems: readonly Problem[];
  /** Set when the file could not be read or parsed: then `values` says nothing. */
  readonly isBroken?: true;
}
