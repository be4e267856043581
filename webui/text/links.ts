/** Addresses in what others have written. They become links only if they are of the web or of mail, and one that pretends to be
 * another is shown for what it is. */

export interface Link {
  readonly start: number;
  readonly end: number;
  readonly url: string;
  /** The address as a browser resolves it, with xn-- names spelled out in ASCII. */
  readonly plainUrl: string;
  readonly isSuspicious: boolean;
}

const CANDIDATE =
  /(?:https?:\/\/|mailto:|www\.)[^\s<>"'`\u0000-\u001f\u2028\u2029]+|\b[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+\b/giu;
const ALLOWED_PROTOCOLS = ['http:', 'https:', 'mailto:'];
/** Characters that change how the text around them is read, or cannot be seen (Unicode TR 36, "Security considerations"). */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u;
/** Alphabets whose letters are mistaken for each other. */
const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

export function findLinks(text: string): Link[] {
  return [...text.matchAll(CANDIDATE)].flatMap((match) => {
    const written = trimEnd(match[0]);
    const link = toLink(written, match.index);
    return link === undefined ? [] : [link];
  });
}

function toLink(written: string, start: number): Link | undefined {
  const url = parse(written);
  if (url === undefined) return undefined;
  const plainUrl = url.href;
  return { start, end: start + written.length, url: url.href, plainUrl, isSuspicious: isSuspicious(written, url) };
}

function parse(written: string): URL | undefined {
  const withScheme = /^(?:https?|mailto):/i.test(written)
    ? written
    : written.includes('@') && !/^www\./i.test(written)
      ? `mailto:${written}`
      : `https://${written}`;
  if (!URL.canParse(withScheme)) return undefined;
  const url = new URL(withScheme);
  const hasName = url.protocol === 'mailto:' ? url.pathname.includes('@') : /[.:]|^localhost$/.test(url.hostname);
  return ALLOWED_PROTOCOLS.includes(url.protocol) && hasName ? url : undefined;
}

/** A sentence goes on after an address: what closes it belongs to the sentence, unless it was opened inside. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0) {
    const last = text[end - 1] ?? '';
    const isLoose = /[.,:;!?…*_~|»”’]/u.test(last);
    const opening = { ')': '(', ']': '[', '}': '{' }[last];
    const isUnbalanced = opening !== undefined && count(text.slice(0, end), last) > count(text.slice(0, end), opening);
    if (!isLoose && !isUnbalanced) break;
    end--;
  }
  return text.slice(0, end);
}

const count = (text: string, letter: string): number => text.split(letter).length - 1;

function isSuspicious(written: string, url: URL): boolean {
  if (url.protocol === 'mailto:') return INVISIBLE.test(written);
  // https://bank.example@evil.example leads to evil.example.
  if (url.username !== '' || url.password !== '' || INVISIBLE.test(written)) return true;
  const host = hostAsWritten(written);
  return url.hostname.split('.').some((label) => label.startsWith('xn--')) && (/xn--/i.test(host) || isMixed(host));
}

const hostAsWritten = (written: string): string => /^(?:https?:\/\/)?([^/?#]*)/i.exec(written)?.[1] ?? '';

/** Letters of alphabets that look alike in one name, or a whole name that only looks Latin. */
function isMixed(host: string): boolean {
  return host.split('.').some((label) => {
    const used = SCRIPTS.filter((script) => script.test(label)).length;
    return (
      used > 1 ||
      /^[асеорхуіјѕһԁԛԝѵαοινρκ\d-]+$/u.test(label) ||
      (!/^[\p{Script=Latin}\d-]*$/u.test(label) && /^[\p{L}\d-]+\.(?:com|net|org)$/u.test(host))
    );
  });
}
