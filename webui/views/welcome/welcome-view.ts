/** What someone sees who has no account in this browser: with an invite link, the way in. */
import { html, type TemplateResult } from 'lit';
import type { AppContext } from '../../app/app.ts';
import { replaceRoute } from '../../platform/router.ts';
import { ViewElement } from '../../state/watch.ts';

export class WelcomeView extends ViewElement {
  static override properties = { context: { attribute: false }, error: { state: true }, isBusy: { state: true } };

  declare context: AppContext;
  declare error: string | undefined;
  declare isBusy: boolean;

  protected override render(): TemplateResult {
    if (location.pathname !== '/join' || location.hash.length < 2)
      return html`<h1>Vant</h1>
        <p>Open your invite link in this browser to join your team.</p>`;
    return html`<h1>Join the team</h1>
      <form @submit=${this.#join}>
        <label>Your name <input name="name" required maxlength="60" autocomplete="name" autofocus /></label>
        <button ?disabled=${this.isBusy}>Join</button>
        <p role="alert">${this.error ?? ''}</p>
      </form>`;
  }

  #join = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const name = new FormData(event.target as HTMLFormElement).get('name') as string;
    this.isBusy = true;
    try {
      const { engine, state } = this.context;
      await engine.client.join({ link: location.href, displayName: name, deviceName: 'Browser' });
      replaceRoute();
      await state.start();
    } catch (error) {
      this.error = error instanceof Error ? error.message : String(error);
    } finally {
      this.isBusy = false;
    }
  };
}

customElements.define('vant-welcome-view', WelcomeView);
