/** Makes text from others harmless to a terminal: an escape sequence in a name or message could move the cursor, change
 * the title or rewrite what is above. Direction overrides could make a name read as another. */

// Control characters (C0, DEL, C1), line and paragraph separators, directional and invisible format characters, lone
// surrogates. Written as code points, because the characters themselves would not be seen here.
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udc7f]/g;

const MAX_NAME_LENGTH = 64;

const show = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** One line: a name, an error, anything short. */
export function toLine(text: string): string {
  const safe = text.replace(UNSAFE, show);
  return safe.length > MAX_NAME_LENGTH ? `${safe.slice(0, MAX_NAME_LENGTH - 1)}…` : safe;
}

/** A message of several lines. The later ones are indented, so that none can pass for the message of someone else. */
export function toBlock(text: string, indent: string): string {
  return text
    .split(/\r\n|\n/)
    .map((line) => line.replaceAll('\t', '    ').replace(UNSAFE, show))
    .join(`\n${indent}`);
}

/** JSON in one line that is safe to print: what JSON leaves as it is but a terminal obeys is escaped. */
export function toJsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
