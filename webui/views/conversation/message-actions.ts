/** What can be done with a message. */
import { msg } from '@lit/localize';
import type { StoredMessage } from '../../../client/conversations/history.ts';
import type { AppContext } from '../../app/context.ts';
import type { MenuItem } from '../../components/menu.ts';
import { showNotice } from '../../state/notices.ts';
import type { AppState } from '../../state/app-state.ts';

/** As the client has it: later, others would not take the change (client/conversations/limits.ts). */
const CHANGE_WINDOW_MS = 24 * 60 * 60_000;
const MAX_EDITS = 10;

const isWithinWindow = (message: StoredMessage, state: AppState): boolean =>
  message.conversation === state.account.value?.accountId || Date.now() - message.timestamp < CHANGE_WINDOW_MS;

const isOwnText = ({ direction, kind, isDeleted }: StoredMessage): boolean =>
  direction === 'outgoing' && kind === 'text' && isDeleted !== true;

export const canEdit = (message: StoredMessage, state: AppState): boolean =>
  isOwnText(message) &&
  message.status !== 'failed' &&
  (message.edits?.length ?? 0) < MAX_EDITS &&
  isWithinWindow(message, state);

const canDeleteForEveryone = (message: StoredMessage, state: AppState): boolean =>
  isOwnText(message) && message.conversation !== state.account.value?.accountId && isWithinWindow(message, state);

export function messageMenu(message: StoredMessage, state: AppState): MenuItem[] {
  const select: MenuItem = { id: 'select', label: msg('Select'), icon: 'list-checks', shortcut: 'S' };
  const remove: MenuItem = { id: 'delete', label: msg('Delete'), icon: 'trash-2', isDanger: true, hasLine: true };
  if (message.isDeleted === true) return [select, remove];
  const isOwn = message.direction === 'outgoing';
  return [
    { id: 'reply', label: msg('Reply'), icon: 'reply', shortcut: 'R' },
    { id: 'react', label: msg('React'), icon: 'smile-plus', shortcut: '⇧E' },
    { id: 'copy', label: msg('Copy text'), icon: 'copy', shortcut: 'C' },
    ...(canEdit(message, state) ? [{ id: 'edit', label: msg('Edit'), icon: 'pencil', shortcut: 'E' } as const] : []),
    ...(isOwn && message.failure !== undefined
      ? [{ id: 'resend', label: msg('Try again'), icon: 'rotate-ccw' } as const]
      : []),
    { id: 'info', label: msg('Info'), icon: 'info' },
    select,
    remove,
  ];
}

export async function runMessageAction(context: AppContext, message: StoredMessage, action: string): Promise<void> {
  const { client } = context.engine;
  if (action === 'copy') {
    await navigator.clipboard.writeText(message.text);
    showNotice(msg('Copied.'));
  }
  if (action === 'resend') await client.resend(message.historyKey);
  if (action === 'delete') await deleteMessages(context, [message]);
}

/** Asks for whom. Gives whether they were deleted. */
export async function deleteMessages(
  { engine, state }: AppContext,
  messages: readonly StoredMessage[],
): Promise<boolean> {
  const { askDeletion } = await import('./ask-deletion.ts');
  const choice = await askDeletion(
    messages.length,
    messages.every((message) => canDeleteForEveryone(message, state)),
  );
  const keys = messages.map(({ historyKey }) => historyKey);
  if (choice === 'everyone') for (const key of keys) await engine.client.deleteForEveryone(key);
  if (choice === 'me') await engine.client.deleteForMe(keys);
  return choice !== undefined;
}
