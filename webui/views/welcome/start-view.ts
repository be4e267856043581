/** The first page without a link: where links come from, and the other ways in. */
import { msg } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import '../../components/button.ts';
import '../../components/start-card.ts';
import '../../components/text-field.ts';
import { parseInviteLink } from '../../../client/account/links.ts';
import { errorText } from '../../i18n/error-texts.ts';
import { pathTo } from '../../platform/router.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';

export class StartView extends ViewElement {
  static override properties = { error: { state: true } };
  static override styles = [
    ...content,
    css`
      :host {
        height: 100%;
      }
      .or {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        font-size: var(--text-s);
        color: var(--color-text-soft);
      }
      .or::before,
      .or::after {
        content: '';
        flex: 1;
        border-top: 1px solid var(--color-line);
      }
    `,
  ];

  declare error: string | undefined;

  protected override render(): TemplateResult {
    return html`<vant-start-card heading=${msg('Welcome to Vant')}>
      <span slot="lead">${msg('Messages that only you and your team can read, on your own server.')}</span>
      <form class="stack" @submit=${this.#open}>
        <vant-text-field
          name="link"
          type="url"
          required
          label=${msg('Your invite link')}
          placeholder="https://…/join#…"
          help=${msg('Somebody in your team makes it for you. It works once.')}
          .error=${this.error}
        ></vant-text-field>
        <vant-button type="submit" variant="primary" wide>${msg('Continue')}</vant-button>
      </form>
      <span class="or">${msg('or')}</span>
      <div class="stack">
        <vant-button wide icon="smartphone" href=${pathTo('link')}>${msg('Link to my other device')}</vant-button>
        <p class="soft small">
          ${msg('You have an account on another device: use it here, too.')}
          ${msg('You have a backup file: join or link first, then import it under Settings, Storage.')}
        </p>
      </div>
    </vant-start-card>`;
  }

  #open = (event: SubmitEvent): void => {
    event.preventDefault();
    const link = (new FormData(event.target as HTMLFormElement).get('link') as string).trim();
    try {
      // A link of another server is opened there: this page belongs to this one.
      const { origin } = parseInviteLink(link);
      this.error = undefined;
      location.assign(origin + link.slice(link.indexOf('/join#')));
    } catch (error) {
      this.error = errorText(error);
    }
  };
}

customElements.define('vant-start-view', StartView);
