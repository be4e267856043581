/** What someone sees who has no account in this browser: a way in, whichever they have. */
import { html, type TemplateResult } from 'lit';
import type { AppContext } from '../../app/context.ts';
import { ViewElement } from '../../state/watch.ts';
import './join-view.ts';
import './link-view.ts';
import './start-view.ts';
import './wrong-device-view.ts';

export class WelcomeView extends ViewElement {
  static override properties = { context: { attribute: false }, route: { attribute: false } };

  declare context: AppContext;
  declare route: readonly string[];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    if (location.pathname === '/join' && location.hash.length > 1)
      return html`<vant-join-view .context=${this.context} .link=${location.href}></vant-join-view>`;
    if (location.pathname === '/link') return html`<vant-wrong-device-view></vant-wrong-device-view>`;
    if (this.route[0] === 'link') return html`<vant-link-view .context=${this.context}></vant-link-view>`;
    return html`<vant-start-view .context=${this.context}></vant-start-view>`;
  }
}

customElements.define('vant-welcome-view', WelcomeView);
