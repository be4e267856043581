/** An invite link was opened in a browser that has an account already: one browser, one account. */
import { msg, str } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import '../../components/button.ts';
import '../../components/start-card.ts';
import type { AppContext } from '../../app/context.ts';
import { replaceRoute } from '../../platform/router.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';

export class JoinedAlreadyView extends ViewElement {
  static override properties = { context: { attribute: false } };
  static override styles = [
    ...content,
    css`
      :host {
        height: 100%;
      }
    `,
  ];

  declare context: AppContext;

  protected override render(): TemplateResult {
    const name = this.context.state.account.value?.displayName ?? '';
    return html`<vant-start-card heading=${msg('You are in a team already')}>
      <span slot="lead">${msg(str`In this browser you are ${name}. The invite was not used.`)}</span>
      <p>
        ${msg('To join with the invite as somebody else, open it in another browser or profile, or send it to the person it is for.')}
      </p>
      <vant-button variant="primary" wide @click=${() => replaceRoute()}>${msg('To my messages')}</vant-button>
    </vant-start-card>`;
  }
}

customElements.define('vant-joined-already-view', JoinedAlreadyView);
