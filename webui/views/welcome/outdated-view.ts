/** Another tab runs a newer version, and has changed the store: this one cannot go on with it. */
import { msg } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import '../../components/button.ts';
import '../../components/start-card.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';

export class OutdatedView extends ViewElement {
  static override styles = [
    ...content,
    css`
      :host {
        height: 100%;
      }
    `,
  ];

  protected override render(): TemplateResult {
    return html`<vant-start-card heading=${msg('This tab is out of date')}>
      <span slot="lead">${msg('Another tab runs a newer version of Vant. Reload this one to go on.')}</span>
      <vant-button variant="primary" wide icon="refresh-cw" @click=${() => location.reload()}
        >${msg('Reload')}</vant-button
      >
    </vant-start-card>`;
  }
}

customElements.define('vant-outdated-view', OutdatedView);
