/** What can be done with a conversation as a whole, from the list and from its header. */
import { msg } from '@lit/localize';
import type { Conversation } from '../../../client/conversations/conversation-list.ts';
import type { AppContext } from '../../app/context.ts';
import type { MenuItem } from '../../components/menu.ts';
import { navigate } from '../../platform/router.ts';
import { askConfirmation } from '../dialogs/ask-confirmation.ts';

const HOUR_MS = 60 * 60_000;
/** As far away as a date can be. */
export const FOREVER = 8_640_000_000_000_000;

export const isMuted = ({ mutedUntil }: Pick<Conversation, 'mutedUntil'>): boolean => mutedUntil > Date.now();

export function conversationMenu(row: Conversation): MenuItem[] {
  const isUnread = row.unreadCount > 0 || row.isMarkedUnread;
  return [
    isUnread
      ? { id: 'read', label: msg('Mark as read'), icon: 'mail-open' }
      : { id: 'unread', label: msg('Mark as unread'), icon: 'message-circle' },
    row.isPinned
      ? { id: 'unpin', label: msg('Unpin'), icon: 'pin-off' }
      : { id: 'pin', label: msg('Pin'), icon: 'pin' },
    ...muteItems(row),
    row.isArchived
      ? { id: 'unarchive', label: msg('Move out of the archive'), icon: 'archive' }
      : { id: 'archive', label: msg('Archive'), icon: 'archive' },
    { id: 'delete', label: msg('Delete conversation'), icon: 'trash-2', isDanger: true, hasLine: true },
  ];
}

function muteItems(row: Conversation): MenuItem[] {
  if (isMuted(row)) return [{ id: 'unmute', label: msg('Unmute'), icon: 'bell' }];
  return [
    { id: 'mute-1', label: msg('Mute for an hour'), icon: 'bell-off' },
    { id: 'mute-8', label: msg('Mute for 8 hours'), icon: 'bell-off' },
    { id: 'mute-168', label: msg('Mute for a week'), icon: 'bell-off' },
    { id: 'mute', label: msg('Mute always'), icon: 'bell-off' },
  ];
}

export async function runConversationAction(context: AppContext, row: Conversation, action: string): Promise<void> {
  const { client } = context.engine;
  switch (action) {
    case 'read':
      return client.markRead(row.id);
    case 'unread':
      return client.markUnread(row.id);
    case 'pin':
    case 'unpin':
      return client.setPinned(row.id, action === 'pin');
    case 'mute-1':
    case 'mute-8':
    case 'mute-168':
      return client.setMutedUntil(row.id, Date.now() + Number(action.slice('mute-'.length)) * HOUR_MS);
    case 'mute':
      return client.setMutedUntil(row.id, FOREVER);
    case 'unmute':
      return client.setMutedUntil(row.id, 0);
    case 'archive':
    case 'unarchive':
      return client.setArchived(row.id, action === 'archive');
    case 'delete':
      return deleteConversation(context, row);
    default:
      return undefined;
  }
}

async function deleteConversation({ engine, state }: AppContext, { id }: Conversation): Promise<void> {
  const isSure = await askConfirmation({
    heading: msg('Delete this conversation?'),
    text: msg('Its messages go away on all your devices. The others keep theirs.'),
    confirm: msg('Delete'),
    isDanger: true,
  });
  if (!isSure) return;
  await engine.client.deleteConversation(id);
  if (state.timeline.value?.conversation === id) navigate();
}
