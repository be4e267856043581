/** From which devices of the team calls come through, by which way: what their members have sent. */
import { msg, str } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import { CONNECTION_WAYS, type ConnectionReport } from '../../../client/calls/connection-reports.ts';
import '../../components/avatar.ts';
import '../../components/copy-field.ts';
import '../../components/icon.ts';
import { shortWayName } from '../../i18n/connection-texts.ts';
import { formatDate, formatNumber, plural } from '../../i18n/format.ts';
import { pathTo } from '../../platform/router.ts';
import { nameOf, sortedMembers } from '../../state/member-names.ts';
import { Resource } from '../../state/resource.ts';
import { focusRing, visuallyHidden } from '../../styles/shared.ts';
import { PageView } from '../page-view.ts';

export class ConnectionsPage extends PageView {
  static override styles = [
    ...PageView.styles,
    focusRing,
    visuallyHidden,
    css`
      .frame {
        overflow-x: auto;
        border: 1px solid var(--color-line);
        border-radius: var(--radius-l);
        background: var(--color-raised);
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: var(--text-s);
      }
      th,
      td {
        padding: var(--space-2);
        text-align: center;
        font-weight: 400;
      }
      tr + tr > *,
      tbody tr > * {
        border-top: 1px solid var(--color-line);
      }
      thead th {
        font-size: var(--text-xs);
        color: var(--color-text-soft);
      }
      th:first-child {
        min-width: 7rem;
        padding-left: var(--space-4);
        text-align: start;
        overflow-wrap: anywhere;
      }
      @media (width < 30rem) {
        th,
        td {
          padding-inline: var(--space-1);
        }
      }
      .day {
        display: block;
        font-size: var(--text-xs);
        color: var(--color-text-soft);
      }
      .yes {
        color: var(--color-success-text);
      }
      .no {
        color: var(--color-danger-text);
      }
      .untested {
        color: var(--color-text-faint);
      }
    `,
  ];
  readonly #reports = new Resource(() => this.context.engine.team.connectionReports());
  #stopListening: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#reports.load();
    void this.context.state.refreshMembers();
    this.#stopListening = this.context.engine.on('connectionReport', () => void this.#reports.load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopListening();
  }

  protected override render(): TemplateResult {
    return html`<vant-page beside wide heading=${msg('Connections of members')} back-href=${pathTo('admin')}>
      <p>
        ${msg('What members have sent from their connection test, of the last thirty days. It came encrypted to you: the server does not know it, and there are no addresses in it.')}
      </p>
      ${this.#reports.render((reports) => html`${this.#renderTable(reports)} ${this.#renderMissing(reports)}`)}
      <vant-section heading=${msg('Ask for a test')}>
        <div class="pad stack">
          <p>
            ${msg('Send this link to whoever has trouble with calls. It opens the test in their app; they decide whether you see the result.')}
          </p>
          <vant-copy-field label=${msg('Link to the connection test')} value=${testLink()}></vant-copy-field>
        </div>
      </vant-section>
    </vant-page>`;
  }

  #renderTable(reports: readonly ConnectionReport[]): TemplateResult {
    if (reports.length === 0) return html`<vant-banner>${msg('Nobody has sent a result yet.')}</vant-banner>`;
    const { members } = this.context.state;
    const name = (report: ConnectionReport): string => nameOf(members.value, report.accountId);
    const ordered = reports.toSorted((a, b) => name(a).localeCompare(name(b)) || a.deviceId - b.deviceId);
    return html`<div class="frame" role="region" tabindex="0" aria-label=${msg('Connections of members')}>
      <table>
        <thead>
          <tr>
            <th scope="col">${msg('Member')}</th>
            ${CONNECTION_WAYS.map((way) => html`<th scope="col">${shortWayName(way)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${ordered.map((report) => this.#renderReport(report, name(report)))}
        </tbody>
      </table>
    </div>`;
  }

  #renderReport({ deviceId, testedOn, results }: ConnectionReport, name: string): TemplateResult {
    const device = msg(str`device ${formatNumber(deviceId)}`);
    return html`<tr>
      <th scope="row">${name}<span class="day">${device}, ${formatDate(noonOf(testedOn))}</span></th>
      ${CONNECTION_WAYS.map((way) => html`<td>${renderCell(results[way])}</td>`)}
    </tr>`;
  }

  #renderMissing(reports: readonly ConnectionReport[]): TemplateResult {
    const known = new Set(reports.map(({ accountId }) => accountId));
    const missing = sortedMembers(this.context.state.members.value).filter(({ accountId }) => !known.has(accountId));
    if (missing.length === 0 || reports.length === 0) return html``;
    const count = formatNumber(missing.length);
    return html`<p class="soft small">
      ${plural(missing.length, {
        one: msg(str`${count} member has sent nothing.`),
        other: msg(str`${count} members have sent nothing.`),
      })}
    </p>`;
  }
}

const HALF_DAY_MS = 12 * 60 * 60 * 1000;

/** A day in UTC: at its noon it is the same day nearly everywhere. */
const noonOf = (day: number): number => day + HALF_DAY_MS;

const testLink = (): string => new URL(pathTo('settings', 'connection'), location.origin).href;

function renderCell(isReachable: boolean | undefined): TemplateResult {
  if (isReachable === undefined)
    return html`<span class="untested"
      ><span aria-hidden="true">–</span><span class="visually-hidden">${msg('not tested')}</span></span
    >`;
  const label = isReachable ? msg('reachable') : msg('not reachable');
  return html`<span class=${isReachable ? 'yes' : 'no'} role="img" aria-label=${label} title=${label}>
    <vant-icon name=${isReachable ? 'circle-check' : 'x'}></vant-icon>
  </span>`;
}

customElements.define('vant-connections-page', ConnectionsPage);
