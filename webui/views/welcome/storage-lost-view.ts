/** There was an account in this browser, and its storage is empty: somebody or the browser has deleted it. */
import { msg } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import '../../components/button.ts';
import '../../components/start-card.ts';
import { replaceRoute } from '../../platform/router.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';

export class StorageLostView extends ViewElement {
  static override styles = [
    ...content,
    css`
      :host {
        height: 100%;
      }
    `,
  ];

  protected override render(): TemplateResult {
    return html`<vant-start-card heading=${msg('The messages in this browser are gone')}>
      <span slot="lead">${msg('There was an account here, but the browser’s storage is empty now.')}</span>
      <p>
        ${msg('Somebody has erased the data of this site, or the browser needed the room. The server has no copy: it keeps no messages after they are delivered.')}
      </p>
      <ul class="plain">
        <li>${msg('You have another device: link this browser to it.')}</li>
        <li>${msg('This was your only device: ask for a new invite. Your team will see a new safety number.')}</li>
        <li>${msg('You have a backup file: import it afterwards, under Settings, Storage.')}</li>
      </ul>
      <vant-button variant="primary" wide icon="smartphone" @click=${this.#link}
        >${msg('Link to my other device')}</vant-button
      >
      <vant-button wide @click=${this.#continue}>${msg('I have a new invite')}</vant-button>
    </vant-start-card>`;
  }

  #continue = (): void => {
    this.dispatchEvent(new CustomEvent('continue'));
  };

  #link = (): void => {
    replaceRoute('link');
    this.#continue();
  };
}

customElements.define('vant-storage-lost-view', StorageLostView);
