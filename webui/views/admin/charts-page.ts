/** What the server did over the last day or month. */
import { msg } from '@lit/localize';
import { html, type TemplateResult } from 'lit';
import '../../components/spinner.ts';
import '../../components/tabs.ts';
import type { ChartSeries } from '../../components/time-chart.ts';
import type { HistoryPoint } from '../../../wire/admin-schemas.ts';
import { formatBytes, formatDayOfMonth, formatMilliseconds, formatNumber, formatTime } from '../../i18n/format.ts';
import { pathTo } from '../../platform/router.ts';
import { Resource } from '../../state/resource.ts';
import { fillGaps, MINUTE_MS, HOUR_MS } from '../../state/history-gaps.ts';
import { PageView } from '../page-view.ts';

const REFRESH_MS = 60_000;

type Range = 'day' | 'month';
type Points = readonly (HistoryPoint | { readonly at: number })[];

interface Chart {
  readonly heading: string;
  readonly format: (value: number) => string;
  readonly lines: readonly (readonly [string, keyof HistoryPoint])[];
}

export class ChartsPage extends PageView {
  static override properties = { ...PageView.properties, range: { state: true }, isReady: { state: true } };

  declare range: Range;
  /** uPlot is here. */
  declare isReady: boolean;
  readonly #history = new Resource(() => this.context.engine.team.adminHistory());
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.range = 'day';
    this.isReady = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void import('../../components/time-chart.ts').then(() => (this.isReady = true));
    void this.#history.load();
    this.#timer = setInterval(() => {
      if (document.visibilityState === 'visible') void this.#history.load();
    }, REFRESH_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override render(): TemplateResult {
    return html`<vant-page beside wide heading=${msg('Figures over time')} back-href=${pathTo('admin')}>
      <vant-tabs
        variant="segmented"
        label=${msg('Time')}
        value=${this.range}
        .items=${[
          { value: 'day', label: msg('24 hours') },
          { value: 'month', label: msg('30 days') },
        ]}
        @input-change=${({ detail }: CustomEvent<Range>) => (this.range = detail)}
      ></vant-tabs>
      ${this.#history.render(({ minutes, hours }) =>
        this.range === 'day'
          ? this.#renderCharts(fillGaps(minutes, MINUTE_MS))
          : this.#renderCharts(fillGaps(hours, HOUR_MS)),
      )}
    </vant-page>`;
  }

  #renderCharts(points: Points): TemplateResult {
    if (!this.isReady) return html`<p role="status"><vant-spinner label=${msg('Loading')}></vant-spinner></p>`;
    if (points.length === 0)
      return html`<vant-banner
        >${msg('Nothing was measured yet. The first figures come within a minute.')}</vant-banner
      >`;
    const times = points.map(({ at }) => at);
    const formatAt = this.range === 'day' ? formatTime : formatDayOfMonth;
    return html`${charts(this.range).map(
      ({ heading, format, lines }) =>
        html`<vant-time-chart
          heading=${heading}
          .times=${times}
          .series=${lines.map(([label, field]): ChartSeries => ({ label, values: valuesOf(points, field) }))}
          .formatValue=${format}
          .formatTime=${formatAt}
        ></vant-time-chart>`,
    )}`;
  }
}

function charts(range: Range): readonly Chart[] {
  const perTime = range === 'day' ? msg('Messages per minute') : msg('Messages per hour');
  return [
    { heading: msg('Connections'), format: formatNumber, lines: [[msg('open'), 'connections']] },
    {
      heading: perTime,
      format: formatNumber,
      lines: [
        [msg('accepted'), 'accepted'],
        [msg('delivered'), 'delivered'],
      ],
    },
    { heading: msg('Messages that wait'), format: formatNumber, lines: [[msg('waiting'), 'queued']] },
    {
      heading: msg('From acceptance to the device'),
      format: formatMilliseconds,
      lines: [
        ['p50', 'latencyP50Ms'],
        ['p99', 'latencyP99Ms'],
      ],
    },
    { heading: msg('Storage'), format: formatBytes, lines: [['Redis', 'storageBytes']] },
    { heading: msg('Memory'), format: formatBytes, lines: [[msg('server'), 'residentBytes']] },
  ];
}

const valuesOf = (points: Points, field: keyof HistoryPoint): (number | null)[] =>
  points.map((point) => (point as Partial<HistoryPoint>)[field] ?? null);

customElements.define('vant-charts-page', ChartsPage);
