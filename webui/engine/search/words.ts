/** Texts as words, for the index and for showing where they matched: both must cut alike. */

export interface Word {
  /** As it is compared: without case and accents. */
  readonly term: string;
  readonly start: number;
  readonly end: number;
}

/** Longer ones are somebody's pasted key: their beginning finds them, too. */
const MAX_TERM_LENGTH = 40;
const WORDS = /[\p{L}\p{N}\p{M}]+/gu;
/** Scripts that are written without spaces. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

let segmenter: Intl.Segmenter | undefined;

export function splitWords(text: string): Word[] {
  return UNSPACED.test(text) ? segment(text) : [...text.matchAll(WORDS)].map((match) => toWord(match[0], match.index));
}

/** "Straße" is found by "strasse" no more than "é" by "e" is a matter of taste: case folds, accents go. */
export function normalizeTerm(word: string): string {
  return word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().slice(0, MAX_TERM_LENGTH);
}

function segment(text: string): Word[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  return [...segmenter.segment(text)]
    .filter(({ isWordLike }) => isWordLike === true)
    .map(({ segment: word, index }) => toWord(word, index));
}

const toWord = (word: string, start: number): Word => ({
  term: normalizeTerm(word),
  start,
  end: start + word.length,
});
