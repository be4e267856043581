import type { StoredMessage } from '../../client/conversations/history.ts';

/** What is hidden in a message is hidden wherever else its text is shown. */
export function concealSpoilers({ text, ranges = [] }: Pick<StoredMessage, 'text' | 'ranges'>): string {
  return ranges
    .filter(({ style }) => style === 'spoiler')
    .reduce(
      (shown, { start, length }) => shown.slice(0, start) + '▒'.repeat(length) + shown.slice(start + length),
      text,
    );
}
