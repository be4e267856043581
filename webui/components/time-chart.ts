/** `<vant-time-chart heading="Connections" .times=${…} .series=${…}>`: figures over time as lines, and as a table for those who do not see
 * lines. Loaded when it is needed: it brings uPlot along. */
import { msg } from '@lit/localize';
import { css, html, LitElement, unsafeCSS, type PropertyValues, type TemplateResult } from 'lit';
import uPlot from 'uplot';
import uplotStyles from 'uplot/dist/uPlot.min.css?inline';
import { base, focusRing, prose } from '../styles/shared.ts';

export interface ChartSeries {
  readonly label: string;
  /** One for each time; null where nothing was measured. */
  readonly values: readonly (number | null)[];
}

const SHORTEST_SPAN_SECONDS = 900;
/** So few are seen only as dots. */
const FEW_POINTS = 20;
const HEIGHT_PX = 200;
/** Token and width of the first, second, third line: also told apart without colours. */
const LINES = [
  { token: '--color-accent', dash: [] as number[] },
  { token: '--color-warning-text', dash: [6, 4] },
] as const;
const TABLE_ROWS = 48;

export class TimeChart extends LitElement {
  static override properties = {
    heading: {},
    times: { attribute: false },
    series: { attribute: false },
    formatValue: { attribute: false },
    formatTime: { attribute: false },
  };
  static override styles = [
    base,
    focusRing,
    prose,
    unsafeCSS(uplotStyles),
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
        padding: var(--space-4);
        border: 1px solid var(--color-line);
        border-radius: var(--radius-l);
        background: var(--color-raised);
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
        gap: var(--space-1) var(--space-3);
      }
      h2 {
        font-size: var(--text-m);
      }
      .now {
        font-size: var(--text-s);
        color: var(--color-text-soft);
        font-variant-numeric: tabular-nums;
      }
      .probe {
        display: none;
      }
      .u-legend {
        font-size: var(--text-s);
        color: var(--color-text-soft);
        text-align: left;
      }
      details {
        font-size: var(--text-s);
      }
      summary {
        color: var(--color-text-soft);
        cursor: pointer;
      }
      .scroll {
        max-height: 16rem;
        overflow: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: var(--space-1) var(--space-2);
        text-align: right;
        border-bottom: 1px solid var(--color-line);
      }
      :is(th, td):first-child {
        text-align: left;
      }
    `,
  ];

  declare heading: string;
  /** Milliseconds since 1970, rising. */
  declare times: readonly number[];
  declare series: readonly ChartSeries[];
  declare formatValue: (value: number) => string;
  declare formatTime: (at: number) => string;
  #plot: uPlot | undefined;
  readonly #resize = new ResizeObserver(() => this.#fit());
  readonly #themeObserver = new MutationObserver(() => this.#draw());
  readonly #darkQuery = matchMedia('(prefers-color-scheme: dark)');

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize.observe(this);
    this.#themeObserver.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    this.#darkQuery.addEventListener('change', this.#draw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.#themeObserver.disconnect();
    this.#darkQuery.removeEventListener('change', this.#draw);
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  protected override render(): TemplateResult {
    return html`<div class="head">
        <h2>${this.heading}</h2>
        <span class="now">${this.series.map(({ label, values }) => this.#latest(label, values)).join(' · ')}</span>
      </div>
      <div class="plot" aria-hidden="true"></div>
      <details>
        <summary>${msg('As a table')}</summary>
        <div class="scroll" tabindex="0" role="region" aria-label=${this.heading}>${this.#renderTable()}</div>
      </details>
      <i class="probe"></i>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('times') || changed.has('series') || changed.has('formatTime')) this.#draw();
  }

  #latest(label: string, values: readonly (number | null)[]): string {
    const value = values.findLast((each) => each !== null);
    return typeof value !== 'number' ? label : `${label} ${this.formatValue(value)}`;
  }

  /** The newest first, and not more of them than anybody reads. */
  #renderTable(): TemplateResult {
    const step = Math.max(1, Math.ceil(this.times.length / TABLE_ROWS));
    const rows = [...this.times.keys()].filter((index) => (this.times.length - 1 - index) % step === 0).reverse();
    const cell = (value: number | null | undefined): string =>
      value === null || value === undefined ? '–' : this.formatValue(value);
    return html`<table>
      <thead>
        <tr>
          <th scope="col">${msg('Time')}</th>
          ${this.series.map(({ label }) => html`<th scope="col">${label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (index) =>
            html`<tr>
              <td>${this.formatTime(this.times[index] ?? 0)}</td>
              ${this.series.map(({ values }) => html`<td>${cell(values[index])}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #fit(): void {
    const width = this.#place?.clientWidth ?? 0;
    if (width > 0) this.#plot?.setSize({ width, height: HEIGHT_PX });
  }

  get #place(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.plot');
  }

  readonly #draw = (): void => {
    const place = this.#place;
    if (place === null || !this.hasUpdated) return;
    this.#plot?.destroy();
    const data = [this.times.map((at) => at / 1000), ...this.series.map(({ values }) => [...values])];
    this.#plot = new uPlot(this.#options(place.clientWidth), data as uPlot.AlignedData, place);
  };

  #options(width: number): uPlot.Options {
    const text = this.#resolve('--color-text-soft');
    const line = this.#resolve('--color-line');
    const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    return {
      width: Math.max(width, 100),
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { y: false, points: { show: false } },
      scales: {
        // A server that has just begun has a single point, and a line needs some width.
        x: { range: (_plot, low, high) => [Math.min(low, high - SHORTEST_SPAN_SECONDS), high] },
        y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 1] },
      },
      axes: [
        { ...axis, space: 90, values: (_plot, ticks) => once(ticks.map((seconds) => this.formatTime(seconds * 1000))) },
        { ...axis, size: 68, values: (_plot, ticks) => once(ticks.map((value) => this.formatValue(value))) },
      ],
      series: [
        {},
        ...this.series.map(({ label }, index) => {
          const { token, dash } = LINES[index % LINES.length] ?? LINES[0];
          return {
            label,
            stroke: this.#resolve(token),
            width: 1.75,
            dash: [...dash],
            points: { show: this.times.length < FEW_POINTS },
          };
        }),
      ],
    };
  }

  /** A colour as the browser sees it now: a canvas knows no custom properties. */
  #resolve(token: string): string {
    const probe = this.renderRoot.querySelector<HTMLElement>('.probe');
    if (probe === null) return '';
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  }
}

/** Ticks that are so near to each other that they read the same are labelled once. */
const once = (labels: readonly string[]): string[] =>
  labels.map((label, index) => (label === labels[index - 1] ? '' : label));

customElements.define('vant-time-chart', TimeChart);
