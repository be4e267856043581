/** From what a person types to a member. */
import { isAccountId } from '../wire/ids.ts';
import { shortAccountId, type DirectoryEntry } from '../client/directory/directory.ts';
import { CommandError } from './command-error.ts';
import { EXIT } from './exit-codes.ts';
import { toLine } from './terminal-text.ts';

const MIN_ID_PREFIX = 4;

/** An id, a name in any case, or the beginning of either, if only one member fits. @throws CommandError UNKNOWN_MEMBER */
export function resolveMember(members: readonly DirectoryEntry[], text: string): DirectoryEntry {
  const present = members.filter(({ isMember }) => isMember);
  const wanted = fold(text);
  const matches = [
    (entry: DirectoryEntry) => isAccountId(wanted) && entry.accountId === wanted,
    (entry: DirectoryEntry) => fold(nameOf(entry)) === wanted,
    (entry: DirectoryEntry) => fold(nameOf(entry)).startsWith(wanted),
    (entry: DirectoryEntry) => wanted.length >= MIN_ID_PREFIX && entry.accountId.startsWith(wanted),
  ];
  for (const isMatch of wanted === '' ? [] : matches) {
    const found = present.filter(isMatch);
    if (found.length > 1) throw ambiguous(text, found);
    if (found[0] !== undefined) return found[0];
  }
  throw new CommandError(EXIT.UNKNOWN_MEMBER, `There is no member called ${toLine(text)}.`, 'vant members lists them.');
}

/** The display name, or the beginning of the id while there is none. */
export function nameOf(entry: DirectoryEntry | undefined): string {
  if (entry === undefined) return 'unknown';
  const name = entry.profile?.displayName ?? '';
  return name === '' ? shortAccountId(entry.accountId) : name;
}

const fold = (text: string): string => text.trim().normalize('NFKC').toLowerCase();

function ambiguous(text: string, found: readonly DirectoryEntry[]): CommandError {
  const candidates = found.map((entry) => `${toLine(nameOf(entry))} (${shortAccountId(entry.accountId)})`).join(', ');
  return new CommandError(
    EXIT.UNKNOWN_MEMBER,
    `Several members fit ${toLine(text)}: ${candidates}`,
    'Write more of the name, or the id in parentheses.',
  );
}
