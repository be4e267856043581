/** The root: chooses the page. Only here are views given the engine and the state. */
import { html, type TemplateResult } from 'lit';
import '../components/toasts.ts';
import { route } from '../platform/router.ts';
import { dismissNotice, notices } from '../state/notices.ts';
import { ViewElement } from '../state/watch.ts';
import '../views/chat/chat-view.ts';
import '../views/welcome/welcome-view.ts';
import type { AppContext } from './context.ts';

export class App extends ViewElement {
  static #context: AppContext;

  static connect(context: AppContext): void {
    App.#context = context;
  }

  protected override render(): TemplateResult {
    return html`${this.#renderPage(App.#context)}
      <vant-toasts
        .items=${notices.value}
        @dismiss=${({ detail }: CustomEvent<string>) => dismissNotice(detail)}
      ></vant-toasts>`;
  }

  #renderPage(context: AppContext): TemplateResult {
    switch (context.state.engineState.value) {
      case 'starting':
        return html`<p role="status">Starting …</p>`;
      case 'failed':
        return html`<p role="alert">Vant cannot keep messages in this browser window.</p>`;
      case 'locked':
        return html`<p>Locked.</p>`;
      case 'outdated':
        return html`<p role="alert">Another tab runs a newer version. Reload this one.</p>`;
      case 'empty':
        return html`<vant-welcome-view .context=${context} .route=${route.value}></vant-welcome-view>`;
      case 'joined':
        return html`<vant-chat-view .context=${context} .route=${route.value}></vant-chat-view>`;
    }
  }
}
