/** Whether calls work from here: one that gives back what it hears. */
import { msg } from '@lit/localize';
import { html, type TemplateResult } from 'lit';
import { pathTo } from '../../platform/router.ts';
import { Resource } from '../../state/resource.ts';
import { PageView } from '../page-view.ts';

export class CallsPage extends PageView {
  readonly #hasEcho = new Resource(() => this.context.engine.team.hasEcho());

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#hasEcho.load();
  }

  protected override render(): TemplateResult {
    return html`<vant-page beside heading=${msg('Calls')} back-href=${pathTo('settings')}>
      ${this.#hasEcho.render((hasEcho) => this.#renderEcho(hasEcho))}
    </vant-page>`;
  }

  #renderEcho(hasEcho: boolean): TemplateResult {
    return html`<vant-section
      heading=${msg('Test call')}
      hint=${msg('A test call is a call with the server, and the only one that it could listen to: it sends back what it hears, and keeps nothing. Calls with members are encrypted from device to device.')}
    >
      ${
        hasEcho
          ? html`<vant-row
              icon="volume-2"
              heading=${msg('Hear yourself')}
              detail=${msg('Shows whether microphone, speaker and network work, before somebody calls.')}
            >
              <vant-button @click=${this.#start}>${msg('Make a test call')}</vant-button>
            </vant-row>`
          : html`<vant-row
              icon="volume-2"
              heading=${msg('This server answers no test calls.')}
              detail=${msg('An admin switches them on with calls.echo in the configuration.')}
            ></vant-row>`
      }
      <vant-row
        icon="signal-high"
        heading=${msg('Connection test')}
        href=${pathTo('settings', 'connection')}
      ></vant-row>
    </vant-section>`;
  }

  #start = (): void => {
    this.dispatchEvent(new CustomEvent('echo-request', { bubbles: true, composed: true }));
  };
}

customElements.define('vant-calls-page', CallsPage);
