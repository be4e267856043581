/** Every component in every state, for the eye and for axe: `npx vite webui`, then /gallery/. Not part of what is shipped. */
import { html, render } from 'lit';
import '../components/avatar.ts';
import '../components/badge.ts';
import '../components/banner.ts';
import '../components/button.ts';
import '../components/checkbox.ts';
import type { Dialog } from '../components/dialog.ts';
import '../components/dialog.ts';
import '../components/empty-state.ts';
import '../components/icon-button.ts';
import '../components/icon.ts';
import { ICON_SHAPES } from '../components/icon-shapes.ts';
import '../components/list-item.ts';
import '../components/menu.ts';
import '../components/progress.ts';
import '../components/qr-code.ts';
import '../components/select.ts';
import '../components/spinner.ts';
import '../components/switch.ts';
import '../components/tabs.ts';
import '../components/text-field.ts';
import '../components/textarea.ts';
import '../components/toasts.ts';

const MENU = [
  { id: 'reply', label: 'Reply', icon: 'reply', shortcut: 'R' },
  { id: 'mute', label: 'Muted', isChecked: true },
  { id: 'off', label: 'Not now', icon: 'ban', isDisabled: true },
  { id: 'delete', label: 'Delete', icon: 'trash-2', isDanger: true, hasLine: true },
] as const;
const THEMES = [
  { value: 'system', label: 'System', icon: 'monitor' },
  { value: 'light', label: 'Light', icon: 'sun' },
  { value: 'dark', label: 'Dark', icon: 'moon' },
] as const;
const ROLES = [
  { value: 'member', label: 'Member' },
  { value: 'admin', label: 'Admin' },
];

const setTheme = ({ detail }: CustomEvent<string>): void => {
  document.documentElement.dataset['theme'] = detail;
};
const openDialog = (): void => {
  const dialog = document.querySelector<Dialog>('vant-dialog');
  if (dialog !== null) dialog.isOpen = true;
};

const page = html`
  <section>
    <h2>Theme</h2>
    <vant-tabs variant="segmented" label="Theme" .items=${THEMES} value="system" @input-change=${setTheme}></vant-tabs>
    <vant-tabs label="Views" .items=${THEMES} value="light"></vant-tabs>
  </section>
  <section>
    <h2>Buttons</h2>
    <vant-button variant="primary">Primary</vant-button>
    <vant-button>Secondary</vant-button>
    <vant-button variant="quiet">Quiet</vant-button>
    <vant-button variant="danger">Danger</vant-button>
    <vant-button variant="primary" icon="user-plus">With icon</vant-button>
    <vant-button variant="primary" busy>Busy</vant-button>
    <vant-button disabled>Disabled</vant-button>
    <vant-icon-button icon="search" label="Search"></vant-icon-button>
    <vant-icon-button icon="send-horizontal" label="Send" variant="primary"></vant-icon-button>
    <vant-menu label="More" .items=${MENU}>
      <vant-icon-button slot="trigger" icon="ellipsis-vertical" label="More" popup="menu"></vant-icon-button>
    </vant-menu>
    <vant-button @click=${openDialog}>Dialog</vant-button>
  </section>
  <section>
    <h2>Avatars and badges</h2>
    ${['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Édouard Lucas', '李明', 'Linus', 'Margaret Hamilton', 'Ян'].map(
      (name) => html`<vant-avatar name=${name} identity=${name}></vant-avatar>`,
    )}
    <vant-avatar size="l" name="Ada Lovelace" identity="Ada Lovelace"></vant-avatar>
    <vant-avatar size="s" name="Ada Lovelace" identity="Ada Lovelace"></vant-avatar>
    <vant-badge label="3 unread">3</vant-badge>
    <vant-badge tone="quiet">12</vant-badge>
    <vant-badge tone="good">Verified</vant-badge>
    <vant-badge tone="warning">Expires soon</vant-badge>
    <vant-badge tone="danger">Removed</vant-badge>
    <vant-spinner label="Loading"></vant-spinner>
  </section>
  <section>
    <h2>Fields</h2>
    <div class="column">
      <vant-text-field label="Your name" placeholder="Ada" help="As the others see it"></vant-text-field>
      <vant-text-field label="Search" type="search" icon="search" placeholder="Search" label-hidden></vant-text-field>
      <vant-text-field
        label="Passphrase"
        type="password"
        value="secret"
        error="That is not the passphrase."
      ></vant-text-field>
      <vant-select label="Role" .options=${ROLES} value="admin"></vant-select>
    </div>
    <div class="column">
      <vant-textarea label="About you"></vant-textarea>
      <vant-switch label="Read receipts" help="Others see what you have read." checked></vant-switch>
      <vant-switch label="Typing indicator"></vant-switch>
      <vant-checkbox label="Chosen" checked></vant-checkbox>
      <vant-checkbox label="Not chosen"></vant-checkbox>
      <vant-progress label="Importing" detail="40 of 100" .value=${0.4}></vant-progress>
    </div>
  </section>
  <section>
    <h2>News and lists</h2>
    <div class="column">
      <vant-banner>Something to know.</vant-banner>
      <vant-banner tone="good">All is well.</vant-banner>
      <vant-banner tone="warning"
        >No connection.<vant-button slot="actions" variant="quiet">Try now</vant-button></vant-banner
      >
      <vant-banner tone="danger">It did not work.</vant-banner>
    </div>
    <div class="column">
      <vant-list-item href="#a" icon="laptop" heading="Devices" detail="2 linked"></vant-list-item>
      <vant-list-item is-action icon="palette" heading="Look"></vant-list-item>
      <vant-list-item is-action danger icon="trash-2" heading="Erase this device"></vant-list-item>
      <vant-empty-state icon="message-circle" heading="Nothing here yet">
        Invite someone.<vant-button slot="actions" variant="primary">Invite</vant-button>
      </vant-empty-state>
    </div>
    <vant-qr-code .value=${'https://vant.example/join#invite'} label="Invite link"></vant-qr-code>
  </section>
  <section>
    <h2>Icons</h2>
    ${Object.keys(ICON_SHAPES).map((name) => html`<vant-icon name=${name as never}></vant-icon>`)}
  </section>
  <vant-dialog heading="Delete the message?">
    It goes away on all your devices.
    <vant-button slot="actions">Cancel</vant-button>
    <vant-button slot="actions" variant="danger">Delete</vant-button>
  </vant-dialog>
  <vant-toasts .items=${[{ id: '1', text: 'Copied', action: 'Undo' }]}></vant-toasts>
`;
const main = document.querySelector('main');
if (main !== null) render(page, main);
