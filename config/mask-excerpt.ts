/** Errors show the line that is wrong, and a wrong line may hold a password. These rules hide it; when in doubt, hide. */
import { ENTRIES, toFileKey } from './registry.ts';
import { maskUrlCredentials, replaceControls } from './values/value-type.ts';

const HIDDEN = '…';
const SECRET_WORDS = 'pass|pwd|secret|token|credential|auth|key';
const SECRET_KEY = new RegExp(`^(.*?[\\w.-]*(?:${SECRET_WORDS})[\\w.-]*["']?\\s*:)(.*)$`, 'i');
/** These name a place and not a secret: showing them is what helps. */
const HARMLESS_KEY = /(_file|key_prefix)["']?\s*:$/i;
const LEADING_NAME = /^\s*["']?([\w.-]+)["']?\s*:(?:\s|$)/;
const KNOWN_NAMES = new Set(ENTRIES.flatMap(({ segments }) => [...segments, ...segments.map(toFileKey)]));

/** The line as an error may show it. `lines` is the whole file, because a quoted password can go over several lines. */
export function maskExcerpt(lines: readonly string[], index: number): string {
  const line = lines[index] ?? '';
  const isContinuation = !KNOWN_NAMES.has(LEADING_NAME.exec(line)?.[1] ?? '');
  const secrets = lines.slice(0, index).filter(opensSecret);
  if (secrets.some(leavesQuoteOpen) || (isContinuation && secrets.length > 0)) return hideAfterIndent(line);
  return replaceControls(maskUrlCredentials(maskSecretValue(line)));
}

/** For a name that nobody knows: it may be a misspelt `password`, so its value is not shown. */
export function hideValue(line: string): string {
  return line.replace(/^([^:]*:)\s*\S.*$/, `$1 ${HIDDEN}`);
}

function maskSecretValue(line: string): string {
  const match = SECRET_KEY.exec(line);
  if (match === null) return line;
  const [, key = '', value = ''] = match;
  if (value.trim() === '') return line;
  if (!HARMLESS_KEY.test(key)) return `${key} ${HIDDEN}`;
  return `${key}${maskSecretValue(value)}`;
}

/** A secret's name with its value, or with nothing: then the value may stand on the next line. */
function opensSecret(line: string): boolean {
  const key = SECRET_KEY.exec(line)?.[1];
  return maskSecretValue(line) !== line || (key !== undefined && !HARMLESS_KEY.test(key));
}

/** Until that quote is closed, whatever looks like a name may be part of the password. */
function leavesQuoteOpen(line: string): boolean {
  return /:\s*(?:"[^"]*|'[^']*)$/.test(line);
}

function hideAfterIndent(line: string): string {
  return line.replace(/\S.*$/, HIDDEN);
}
