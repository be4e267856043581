/** Several messages as text: who wrote what, and when. */
import { msg } from '@lit/localize';
import type { StoredMessage } from '../../../client/conversations/history.ts';
import { formatDateTime } from '../../i18n/format.ts';
import type { AppState } from '../../state/app-state.ts';
import { attempt } from '../../state/notices.ts';

export async function copyMessages(state: AppState, messages: readonly StoredMessage[]): Promise<void> {
  const texts = messages
    .filter(({ isDeleted }) => isDeleted !== true)
    .map(({ author, timestamp, text }) => `[${formatDateTime(timestamp)}] ${nameOf(state, author)}: ${text}`);
  await attempt(() => navigator.clipboard.writeText(texts.join('\n')), msg('Copied.'));
}

/** Oneself by name, too: who reads the copy does not know who "You" is. */
const nameOf = ({ account, directory }: AppState, author: string): string =>
  directory.members.value.get(author)?.profile?.displayName ??
  (author === account.value?.accountId ? account.value.displayName : directory.nameOf(author));
