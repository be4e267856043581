/** What the keys do: the one table that the app obeys and the help shows. */
import { msg } from '@lit/localize';

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.userAgent);

interface Keys {
  readonly key: string;
  /** Ctrl, or Command on a Mac. */
  readonly isCtrl?: boolean;
  readonly isAlt?: boolean;
  readonly isShift?: boolean;
}

/** Letters alone count only where nothing is being written. */
const SHORTCUTS = {
  search: { key: 'k', isCtrl: true },
  new: { key: 'n', isAlt: true },
  previous: { key: 'ArrowUp', isAlt: true },
  next: { key: 'ArrowDown', isAlt: true },
  help: { key: '?' },
  close: { key: 'Escape' },
  details: { key: 'i', isCtrl: true, isShift: true },
  write: { key: 't', isCtrl: true, isShift: true },
  emoji: { key: 'j', isCtrl: true },
  editLast: { key: 'ArrowUp' },
  reply: { key: 'r' },
  react: { key: 'e', isShift: true },
  edit: { key: 'e' },
  copy: { key: 'c' },
  select: { key: 's' },
  remove: { key: 'Delete' },
  bold: { key: 'b', isCtrl: true },
  italic: { key: 'i', isCtrl: true },
  strikethrough: { key: 'x', isCtrl: true, isShift: true },
  monospace: { key: 'e', isCtrl: true },
  spoiler: { key: 'b', isCtrl: true, isShift: true },
} as const satisfies Record<string, Keys>;

export type ShortcutName = keyof typeof SHORTCUTS;

export function isShortcut(name: ShortcutName, event: KeyboardEvent): boolean {
  const { key, isCtrl = false, isAlt = false, isShift }: Keys = SHORTCUTS[name];
  const hasCtrl = IS_MAC ? event.metaKey : event.ctrlKey;
  // "?" is a key with Shift on some keyboards and without on others.
  const isShiftRight = key === '?' || event.shiftKey === (isShift ?? false);
  return event.key.toLowerCase() === key.toLowerCase() && hasCtrl === isCtrl && event.altKey === isAlt && isShiftRight;
}

export interface ShortcutGroup {
  readonly heading: string;
  readonly shortcuts: readonly { readonly keys: readonly string[]; readonly label: string }[];
}

export const KEYBOARD_SHORTCUTS = (): readonly ShortcutGroup[] => [
  {
    heading: msg('Everywhere'),
    shortcuts: [
      { keys: keysOf('search'), label: msg('Search') },
      { keys: keysOf('new'), label: msg('New conversation') },
      { keys: keysOf('previous'), label: msg('Conversation above') },
      { keys: keysOf('next'), label: msg('Conversation below') },
      { keys: keysOf('help'), label: msg('This page') },
    ],
  },
  {
    heading: msg('In a conversation'),
    shortcuts: [
      { keys: keysOf('close'), label: msg('Leave what is begun; close the conversation') },
      { keys: keysOf('write'), label: msg('To the text field') },
      { keys: keysOf('details'), label: msg('Details of the conversation') },
      { keys: ['↑', '↓'], label: msg('From message to message') },
      { keys: keysOf('reply'), label: msg('Reply to the message') },
      { keys: keysOf('react'), label: msg('React to the message') },
      { keys: keysOf('edit'), label: msg('Edit the message; without one, your last') },
      { keys: keysOf('copy'), label: msg('Copy the message') },
      { keys: keysOf('select'), label: msg('Select the message') },
      { keys: keysOf('remove'), label: msg('Delete the message') },
    ],
  },
  {
    heading: msg('While writing'),
    shortcuts: [
      { keys: ['Enter'], label: msg('Send') },
      { keys: ['Shift', 'Enter'], label: msg('New line') },
      { keys: keysOf('editLast'), label: msg('In an empty field: edit your last message') },
      { keys: keysOf('emoji'), label: msg('Emoji') },
      { keys: keysOf('bold'), label: msg('Bold') },
      { keys: keysOf('italic'), label: msg('Italic') },
      { keys: keysOf('strikethrough'), label: msg('Strikethrough') },
      { keys: keysOf('monospace'), label: msg('Code') },
      { keys: keysOf('spoiler'), label: msg('Spoiler') },
    ],
  },
];

function keysOf(name: ShortcutName): string[] {
  const { key, isCtrl = false, isAlt = false, isShift = false }: Keys = SHORTCUTS[name];
  const shown = { ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc', Delete: msg('Del') }[key] ?? key.toUpperCase();
  const ctrl = IS_MAC ? '⌘' : msg('Ctrl');
  return [...(isCtrl ? [ctrl] : []), ...(isAlt ? [msg('Alt')] : []), ...(isShift ? [msg('Shift')] : []), shown];
}
