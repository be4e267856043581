/** The root: chooses the page. Only here are views given the engine and the state. */
import { html, type TemplateResult } from 'lit';
import type { EngineClient } from '../platform/engine-client.ts';
import { route } from '../platform/router.ts';
import type { AppState } from '../state/app-state.ts';
import { ViewElement } from '../state/watch.ts';
import '../views/welcome/welcome-view.ts';
import '../views/chat/chat-view.ts';

export interface AppContext {
  readonly engine: EngineClient;
  readonly state: AppState;
}

export class App extends ViewElement {
  static #context: AppContext;

  static connect(context: AppContext): void {
    App.#context = context;
  }

  protected override render(): TemplateResult {
    const context = App.#context;
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
        return html`<vant-welcome-view .context=${context}></vant-welcome-view>`;
      case 'joined':
        return html`<vant-chat-view .context=${context} .route=${route.value}></vant-chat-view>`;
    }
  }
}
