import { LineCounter } from 'yaml';
import { hideValue, maskExcerpt } from './mask-excerpt.ts';
import type { FilePlace } from './problem.ts';

/** The text of the configuration file, and the way from an offset in it to something an admin can find. */
export class SourceText {
  readonly file: string;
  /** Private to this object: it may hold a password that should not be there. */
  readonly #text: string;
  readonly #lines: readonly string[];
  readonly lineCounter = new LineCounter();

  constructor(file: string, text: string) {
    this.file = file;
    this.#text = text;
    this.#lines = text.split(/\r\n|\n|\r/);
  }

  get text(): string {
    return this.#text;
  }

  /** From offset `start` up to `end`, or to the end of the first line. */
  placeAt(start: number, end: number, options: { hideValue?: boolean } = {}): FilePlace {
    const { line, col } = this.lineCounter.linePos(start);
    const index = Math.max(0, line - 1);
    const masked = maskExcerpt(this.#lines, index);
    const excerpt = options.hideValue === true ? hideValue(masked) : masked;
    const column = Math.max(1, col);
    const room = Math.max(1, excerpt.trimEnd().length - column + 1);
    return {
      kind: 'file',
      file: this.file,
      line: index + 1,
      column,
      excerpt,
      width: Math.min(Math.max(1, end - start), room),
    };
  }
}
