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
    const { line, col } = this.#positionOf(start);
    const masked = maskExcerpt(this.#lines, line - 1);
    const excerpt = options.hideValue === true ? hideValue(masked) : masked;
    const room = Math.max(1, excerpt.trimEnd().length - col + 1);
    const width = Math.min(Math.max(1, end - start), room);
    return { kind: 'file', file: this.file, line, column: col, excerpt, width };
  }

  /** What is missing at the end of the file is missing behind its last words, not on an empty line. */
  #positionOf(offset: number): { line: number; col: number } {
    const { line, col } = this.lineCounter.linePos(offset);
    let index = Math.max(0, line - 1);
    if ((this.#lines[index] ?? '').trim() !== '') return { line: index + 1, col: Math.max(1, col) };
    while (index > 0 && (this.#lines[index] ?? '').trim() === '') index -= 1;
    return { line: index + 1, col: (this.#lines[index] ?? '').trimEnd().length + 1 };
  }
}
