/** The link of a device that waits to be linked was opened in a browser without an account: it belongs to the first device. */
import { msg } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import '../../components/button.ts';
import '../../components/start-card.ts';
import { replaceRoute } from '../../platform/router.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';

export class WrongDeviceView extends ViewElement {
  static override styles = [
    ...content,
    css`
      :host {
        height: 100%;
      }
    `,
  ];

  protected override render(): TemplateResult {
    return html`<vant-start-card heading=${msg('Open this on your first device')}>
      <span slot="lead"
        >${msg('This code lets a new device into an account, but there is no account in this browser.')}</span
      >
      <p>
        ${msg('Open Vant where you already use it, go to Settings, Devices, “Link a device”, and scan the code or paste the link there.')}
      </p>
      <vant-button variant="primary" wide @click=${() => replaceRoute()}>${msg('Continue without it')}</vant-button>
    </vant-start-card>`;
  }
}

customElements.define('vant-wrong-device-view', WrongDeviceView);
