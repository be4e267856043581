/** Emoji with their names and search words in the reader's language, and what this browser remembers about them. */
import german from 'emoji-picker-element-data/de/cldr/data.json?url';
import english from 'emoji-picker-element-data/en/emojibase/data.json?url';
import spanish from 'emoji-picker-element-data/es/cldr/data.json?url';

export interface Emoji {
  readonly emoji: string;
  readonly annotation: string;
  readonly group: number;
  /** In small letters: what a search may begin with. */
  readonly words: readonly string[];
  /** The same in five skin tones, or none. */
  readonly skins: readonly string[];
}

interface RawEmoji {
  readonly emoji: string;
  readonly annotation: string;
  readonly group: number;
  readonly tags?: readonly string[];
  readonly shortcodes?: readonly string[];
  readonly skins?: readonly { readonly tone: number | readonly number[]; readonly emoji: string }[];
}

const SOURCES: Readonly<Record<string, string>> = { de: german, en: english, es: spanish };
/** Parts of other emoji, not for themselves. */
const COMPONENTS = 2;
const MAX_RECENT = 32;
const RECENT_KEY = 'vant-recent-emoji';
const TONE_KEY = 'vant-skin-tone';

const loaded = new Map<string, Promise<readonly Emoji[]>>();

export function loadEmoji(language: string): Promise<readonly Emoji[]> {
  const url = SOURCES[language.slice(0, 2)] ?? english;
  const known = loaded.get(url) ?? fetchEmoji(url);
  loaded.set(url, known);
  // The next try may find the network again.
  known.catch(() => loaded.delete(url));
  return known;
}

async function fetchEmoji(url: string): Promise<readonly Emoji[]> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The emoji answer with status ${response.status}.`);
  const raw = (await response.json()) as readonly RawEmoji[];
  return raw.filter(({ group }) => group !== COMPONENTS).map(toEmoji);
}

function toEmoji({ emoji, annotation, group, tags = [], shortcodes = [], skins = [] }: RawEmoji): Emoji {
  const words = [annotation, ...tags, ...shortcodes].flatMap((text) => text.toLocaleLowerCase().split(/[\s_]+/u));
  const plain = skins.filter(({ tone }) => typeof tone === 'number').map((skin) => skin.emoji);
  return { emoji, annotation, group, words: [...new Set(words)], skins: plain };
}

/** Newest first. Which emoji somebody likes is no secret of a conversation, but stays in this browser. */
export function recentEmoji(): string[] {
  return (read(RECENT_KEY) ?? '').split(' ').filter(Boolean);
}

export function rememberEmoji(emoji: string): void {
  const others = recentEmoji().filter((each) => each !== emoji);
  write(RECENT_KEY, [emoji, ...others].slice(0, MAX_RECENT).join(' '));
}

/** 0: none; 1 to 5 from light to dark. */
export function readSkinTone(): number {
  const tone = Number(read(TONE_KEY));
  return Number.isInteger(tone) && tone >= 0 && tone <= 5 ? tone : 0;
}

export const writeSkinTone = (tone: number): void => write(TONE_KEY, String(tone));

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Then they are forgotten with the page.
  }
}
