/** What `vant doctor` says, found by the server itself: what is wrong first, with how to mend it. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import '../../components/badge.ts';
import type { AdminCheckup } from '../../../wire/admin-schemas.ts';
import { formatDateTime } from '../../i18n/format.ts';
import { pathTo } from '../../platform/router.ts';
import { Resource } from '../../state/resource.ts';
import { PageView } from '../page-view.ts';

type Check = AdminCheckup['checks'][number];

const WORST_FIRST = ['error', 'warning', 'ok'] as const;
const TONES = { error: 'danger', warning: 'warning', ok: 'good' } as const;

export class CheckupPage extends PageView {
  static override properties = { ...PageView.properties, isBusy: { state: true } };
  static override styles = [
    ...PageView.styles,
    css`
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        display: grid;
        gap: var(--space-1);
        padding: var(--space-3) var(--space-4);
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: var(--space-1) var(--space-2);
      }
      p {
        overflow-wrap: anywhere;
        font-size: var(--text-s);
        color: var(--color-text-soft);
      }
      .remedy {
        color: var(--color-text);
      }
      a {
        font-family: var(--font-mono);
        font-size: var(--text-xs);
        overflow-wrap: anywhere;
      }
    `,
  ];

  declare isBusy: boolean;
  readonly #checkup = new Resource(() => this.context.engine.team.adminCheckup());

  constructor() {
    super();
    this.isBusy = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  async #load(): Promise<void> {
    this.isBusy = true;
    await this.#checkup.load();
    this.isBusy = false;
  }

  protected override render(): TemplateResult {
    return html`<vant-page beside heading=${msg('Check-up')} back-href=${pathTo('admin')}>
      ${this.#checkup.render((checkup) => this.#renderCheckup(checkup))}
    </vant-page>`;
  }

  #renderCheckup({ at, checks }: AdminCheckup): TemplateResult {
    const inOrder = checks.toSorted((a, b) => WORST_FIRST.indexOf(a.status) - WORST_FIRST.indexOf(b.status));
    const isWell = checks.every(({ status }) => status === 'ok');
    return html`${
        isWell ? html`<vant-banner tone="good">${msg('Nothing needs your attention.')}</vant-banner>` : nothing
      }
      <vant-row heading=${msg('The server has looked at itself')} detail=${formatDateTime(at)}>
        <vant-button ?disabled=${this.isBusy} @click=${() => void this.#load()}>${msg('Look again')}</vant-button>
      </vant-row>
      <vant-section
        heading=${msg('Checks')}
        hint=${msg('The same as “vant doctor” on the server, which can also look when the server does not start.')}
      >
        <ul>
          ${inOrder.map(renderCheck)}
        </ul>
      </vant-section>`;
  }
}

/** The words of the server are English, as its options and its log are. */
function renderCheck({ check, status, seen, remedy, option }: Check): TemplateResult {
  return html`<li>
    <div class="line">
      <vant-badge tone=${TONES[status]}>${statusText(status)}</vant-badge><span lang="en">${check}</span>
    </div>
    <p lang="en">${seen}</p>
    ${
      remedy === undefined
        ? nothing
        : html`<p class="remedy" lang="en">${remedy}</p>
            <a href=${pathTo('admin', 'configuration', option)} aria-label=${msg(str`Option ${option}`)}>${option}</a>`
    }
  </li>`;
}

function statusText(status: Check['status']): string {
  switch (status) {
    case 'ok':
      return msg('well');
    case 'warning':
      return msg('warning');
    case 'error':
      return msg('error');
  }
}

customElements.define('vant-checkup-page', CheckupPage);
