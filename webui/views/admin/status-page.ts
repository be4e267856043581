/** How the server is at this moment, and what its admin should look after. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import type { AdminStatus } from '../../../wire/admin-schemas.ts';
import { formatBytes, formatDateTime, formatDuration, formatMilliseconds, formatNumber } from '../../i18n/format.ts';
import { pathTo } from '../../platform/router.ts';
import { Resource } from '../../state/resource.ts';
import { PageView } from '../page-view.ts';

const REFRESH_MS = 15_000;

export class StatusPage extends PageView {
  static override styles = [
    ...PageView.styles,
    css`
      .figures {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr));
        gap: var(--space-3);
      }
      .figure {
        display: grid;
        gap: var(--space-1);
        padding: var(--space-4);
        border: 1px solid var(--color-line);
        border-radius: var(--radius-l);
        background: var(--color-raised);
      }
      .figure strong {
        font-size: var(--text-xl);
        font-variant-numeric: tabular-nums;
        letter-spacing: -0.01em;
      }
      .figure span {
        font-size: var(--text-s);
        color: var(--color-text-soft);
      }
      code {
        font-family: var(--font-mono);
        font-size: var(--text-s);
      }
    `,
  ];
  readonly #status = new Resource(() => this.context.engine.team.adminStatus());
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#status.load();
    this.#timer = setInterval(() => {
      if (document.visibilityState === 'visible') void this.#status.load();
    }, REFRESH_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override render(): TemplateResult {
    return html`<vant-page beside heading=${msg('Status')} back-href=${pathTo('admin')}>
      ${this.#status.render(
        (status) =>
          html`${renderWarnings(status)} ${renderFigures(status)} ${renderServer(status)} ${renderStorage(status)}`,
      )}
    </vant-page>`;
  }
}

function renderWarnings({ warnings }: AdminStatus): TemplateResult {
  if (warnings.length === 0)
    return html`<vant-banner tone="good">${msg('Nothing needs your attention.')}</vant-banner>`;
  return html`${warnings.map(
    ({ message, option }) =>
      html`<vant-banner tone="warning">
        ${message}
        ${
          option === undefined
            ? nothing
            : html`<vant-button slot="actions" href=${pathTo('admin', 'configuration', option)}
                ><code>${option}</code></vant-button
              >`
        }
      </vant-banner>`,
  )}`;
}

function renderFigures({ connections, team, queues, lastMinute }: AdminStatus): TemplateResult {
  const figure = (value: string, label: string): TemplateResult =>
    html`<div class="figure"><strong>${value}</strong><span>${label}</span></div>`;
  return html`<div class="figures">
    ${figure(formatNumber(connections.open), msg(str`connections of at most ${formatNumber(connections.max)}`))}
    ${figure(formatNumber(lastMinute.accepted), msg('messages in the last minute'))}
    ${figure(formatNumber(queues.envelopes), msg(str`messages wait, ${formatBytes(queues.bytes)}`))}
    ${figure(formatNumber(team.accounts), msg(str`members of at most ${formatNumber(team.maxAccounts)}`))}
    ${figure(formatNumber(team.devices), msg('devices'))}
  </div>`;
}

function renderServer({ server }: AdminStatus): TemplateResult {
  const { version, commit, nodeVersion, publicUrl, startedAt, uptimeMs, residentBytes, eventLoopDelayP99Ms } = server;
  return html`<vant-section heading=${msg('Server')}>
    <vant-row heading=${msg('Version')} detail=${commit === undefined ? nothing : commit.slice(0, 12)}
      >Vant ${version}</vant-row
    >
    <vant-row heading=${msg('Address')}>${publicUrl}</vant-row>
    <vant-row heading=${msg('Runs since')} detail=${formatDateTime(startedAt)}>${formatDuration(uptimeMs)}</vant-row>
    <vant-row heading=${msg('Memory')} detail=${`Node.js ${nodeVersion}`}>${formatBytes(residentBytes)}</vant-row>
    <vant-row
      heading=${msg('Slowest answers')}
      detail=${msg('How long work had to wait, of a hundred the worst but one, in the last minute.')}
      >${formatMilliseconds(eventLoopDelayP99Ms)}</vant-row
    >
  </vant-section>`;
}

function renderStorage({ storage }: AdminStatus): TemplateResult {
  const { description, isReady, version, memoryBytes, maxMemoryBytes, aofBytes, lastRewriteAt, diskFreeBytes } =
    storage;
  const row = (heading: string, value: string | undefined, detail?: string): TemplateResult | typeof nothing =>
    value === undefined ? nothing : html`<vant-row heading=${heading} detail=${detail ?? nothing}>${value}</vant-row>`;
  const ofAtMost = maxMemoryBytes === undefined ? undefined : msg(str`of at most ${formatBytes(maxMemoryBytes)}`);
  return html`<vant-section heading=${msg('Storage')}>
    <vant-row heading=${isReady ? msg('Connected') : msg('Not connected')} detail=${description}>
      ${version === undefined ? '' : `Redis ${version}`}
    </vant-row>
    ${row(msg('Memory of Redis'), bytesText(memoryBytes), ofAtMost)}
    ${row(
      msg('Append-only file'),
      bytesText(aofBytes),
      lastRewriteAt === undefined ? undefined : msg(str`Deleted messages left it on ${formatDateTime(lastRewriteAt)}.`),
    )}
    ${row(
      msg('Free on the disk'),
      bytesText(diskFreeBytes),
      storage.diskTotalBytes === undefined ? undefined : msg(str`of ${formatBytes(storage.diskTotalBytes)}`),
    )}
  </vant-section>`;
}

const bytesText = (bytes: number | undefined): string | undefined =>
  bytes === undefined ? undefined : formatBytes(bytes);

customElements.define('vant-status-page', StatusPage);
