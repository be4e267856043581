/** The root: chooses the page. Pages besides the chat are loaded when somebody goes there. */
import { msg } from '@lit/localize';
import type { ReadonlySignal } from '@preact/signals-core';
import { css, html, nothing, type TemplateResult } from 'lit';
import type { CallService } from '../calls/call-service.ts';
import '../components/button.ts';
import '../components/spinner.ts';
import '../components/toasts.ts';
import type { AccountId } from '../../wire/ids.ts';
import { hadAccount } from '../platform/account-marker.ts';
import { replaceRoute, route } from '../platform/router.ts';
import { attempt, dismissNotice, notices } from '../state/notices.ts';
import { ViewElement } from '../state/watch.ts';
import { base } from '../styles/shared.ts';
import '../views/chat/chat-view.ts';
import type { AppContext, CallRequest } from './context.ts';
import { LazyViews } from './lazy-views.ts';
import { startCalls } from './start-calls.ts';
import { startNotifications } from './start-notifications.ts';
import './update-banner.ts';

const views = new LazyViews({
  welcome: () => import('../views/welcome/welcome-view.ts'),
  lost: () => import('../views/welcome/storage-lost-view.ts'),
  unsupported: () => import('../views/welcome/unsupported-view.ts'),
  outdated: () => import('../views/welcome/outdated-view.ts'),
  joinedAlready: () => import('../views/welcome/joined-already-view.ts'),
  locked: () => import('../views/locked/locked-view.ts'),
  settings: () => import('../views/settings/settings-view.ts'),
  admin: () => import('../views/admin/admin-view.ts'),
  member: () => import('../views/member/member-view.ts'),
  safetyNumber: () => import('../views/trust/safety-number-view.ts'),
  identity: () => import('../views/trust/identity-view.ts'),
  invite: () => import('../views/invite/invite-view.ts'),
});

export class App extends ViewElement {
  static #context: AppContext;
  static override properties = { hasSeenLoss: { state: true } };
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-direction: column;
        height: 100%;
      }
      .page {
        display: contents;
      }
      .page > * {
        min-height: 0;
        height: 100%;
      }
      .wait {
        display: grid;
        place-items: center;
        color: var(--color-text-soft);
      }
    `,
  ];

  /** The person has read that the storage was lost. */
  declare hasSeenLoss: boolean;
  /** Of a device that waits, whose link was opened here. */
  #deviceLink: string | undefined;

  constructor() {
    super();
    this.hasSeenLoss = false;
  }

  static connect(context: AppContext): void {
    App.#context = context;
    App.#calls = startCalls(context);
    startNotifications(context, App.#calls);
  }

  static #calls: ReadonlySignal<CallService | undefined>;

  readonly #startCall = ({ detail }: CustomEvent<CallRequest>): void => {
    void App.#calls.value?.start(detail.peer, detail.withVideo);
  };

  readonly #startEcho = (): void => {
    const calls = App.#calls.value;
    if (calls !== undefined) void attempt(() => calls.startEcho());
  };

  protected override render(): TemplateResult {
    return html`<vant-update-banner></vant-update-banner>
      <vant-notification-banner .context=${App.#context}></vant-notification-banner>
      <div class="page" @call-request=${this.#startCall} @echo-request=${this.#startEcho}>
        ${this.#renderPage(App.#context)}
      </div>
      ${this.#renderCall(App.#context)}
      <vant-toasts
        .items=${notices.value}
        @dismiss=${({ detail }: CustomEvent<string>) => dismissNotice(detail)}
      ></vant-toasts>`;
  }

  #renderCall(context: AppContext): TemplateResult | typeof nothing {
    const calls = App.#calls.value;
    return calls === undefined ? nothing : html`<vant-call-view .context=${context} .calls=${calls}></vant-call-view>`;
  }

  #renderPage(context: AppContext): TemplateResult {
    switch (context.state.engineState.value) {
      case 'starting':
        return html`<p class="wait" role="status"><vant-spinner label=${msg('Starting')}></vant-spinner></p>`;
      case 'failed':
        return views.show('unsupported', html`<vant-unsupported-view></vant-unsupported-view>`);
      case 'locked':
        return views.show('locked', html`<vant-locked-view .context=${context}></vant-locked-view>`);
      case 'outdated':
        return views.show('outdated', html`<vant-outdated-view></vant-outdated-view>`);
      case 'empty':
        return this.#renderWelcome(context);
      case 'joined':
        return this.#renderJoined(context);
    }
  }

  #renderWelcome(context: AppContext): TemplateResult {
    const path = route.value;
    if (hadAccount() && !this.hasSeenLoss && location.pathname === '/')
      return views.show(
        'lost',
        html`<vant-storage-lost-view @continue=${() => (this.hasSeenLoss = true)}></vant-storage-lost-view>`,
      );
    return views.show('welcome', html`<vant-welcome-view .context=${context} .route=${path}></vant-welcome-view>`);
  }

  #renderJoined(context: AppContext): TemplateResult {
    // Read first: the address may change without anything else that is looked at here.
    const [page, id = ''] = route.value;
    if (location.pathname === '/join' && location.hash.length > 1)
      return views.show(
        'joinedAlready',
        html`<vant-joined-already-view .context=${context}></vant-joined-already-view>`,
      );
    if (location.pathname === '/link') this.#takeDeviceLink();
    const accountId = id as AccountId;
    switch (page) {
      case 'settings':
        return views.show(
          'settings',
          html`<vant-settings-view
            .context=${context}
            .route=${route.value}
            .deviceLink=${this.#deviceLink}
          ></vant-settings-view>`,
        );
      case 'admin':
        return views.show('admin', html`<vant-admin-view .context=${context} .route=${route.value}></vant-admin-view>`);
      case 'member':
        return views.show(
          'member',
          html`<vant-member-view .context=${context} .accountId=${accountId}></vant-member-view>`,
        );
      case 'safety-number':
        return views.show(
          'safetyNumber',
          html`<vant-safety-number-view .context=${context} .accountId=${accountId}></vant-safety-number-view>`,
        );
      case 'identity':
        return views.show(
          'identity',
          html`<vant-identity-view .context=${context} .accountId=${accountId}></vant-identity-view>`,
        );
      case 'invite':
        return views.show(
          'invite',
          html`<vant-invite-view .context=${context} ?first=${id === 'first'}></vant-invite-view>`,
        );
      default:
        return html`<vant-chat-view .context=${context} .route=${route.value}></vant-chat-view>`;
    }
  }

  /** The system's camera opens the link of a new device as a page: it leaves the address bar at once. */
  #takeDeviceLink(): void {
    this.#deviceLink = location.hash.length > 1 ? location.href : undefined;
    replaceRoute('settings', 'devices');
  }
}
