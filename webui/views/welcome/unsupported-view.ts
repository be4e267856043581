/** This browser, or this window of it, cannot run the app: says what is missing, and the way out. */
import { msg, str } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import '../../components/button.ts';
import '../../components/start-card.ts';
import { formatList } from '../../i18n/format.ts';
import { findMissingRequirements, type Requirement } from '../../platform/requirements.ts';
import { Resource } from '../../state/resource.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';

export class UnsupportedView extends ViewElement {
  static override styles = [
    ...content,
    css`
      :host {
        height: 100%;
      }
    `,
  ];
  readonly #missing = new Resource(findMissingRequirements);

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#missing.load();
  }

  protected override render(): TemplateResult {
    return html`<vant-start-card heading=${msg('Vant cannot run here')}>
      ${this.#missing.render((missing) => renderReason(missing))}
      <vant-button variant="primary" wide icon="refresh-cw" @click=${() => location.reload()}
        >${msg('Try again')}</vant-button
      >
    </vant-start-card>`;
  }
}

function renderReason(missing: readonly Requirement[]): TemplateResult {
  if (missing.includes('secure-context')) return renderInsecure();
  if (missing.includes('storage'))
    return html`<p>${msg('This window lets pages keep nothing, so your messages would have no place.')}</p>
      <p>
        ${msg('Private windows and strict settings do that. Open Vant in a normal window, or allow this site to store data.')}
      </p>`;
  if (missing.length > 0)
    return html`<p>${msg(str`This browser lacks what Vant needs: ${formatList(missing)}.`)}</p>
      <p>${msg('Use a current version of Firefox, Chrome, Edge or Safari.')}</p>`;
  return html`<p>${msg('The app could not be started, though this browser has all that it needs.')}</p>
    <p>${msg('Reload the page. If it stays so, close other tabs of Vant, or restart the browser.')}</p>`;
}

/** Browsers give encryption only to pages that nobody can have changed on the way. */
function renderInsecure(): TemplateResult {
  const secure = `https://${location.host}`;
  return html`<p>
      ${msg('The connection to this page is not encrypted, and browsers allow encryption only on secure pages.')}
    </p>
    <ul class="plain">
      <li>${msg('If you are a member: open the address with https, or ask your admin for the right one.')}</li>
      <li>
        ${msg('If you are the admin: put the server behind HTTPS. On the machine itself, http://localhost works as well.')}
      </li>
    </ul>
    <vant-button wide href=${secure}>${secure}</vant-button>`;
}

customElements.define('vant-unsupported-view', UnsupportedView);
