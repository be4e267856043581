/** When no device is to tell of anything. */
import { msg } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import { ALL_DAYS, type QuietHours } from '../../../client/account/quiet-hours.ts';
import type { AppContext } from '../../app/context.ts';
import '../../components/section.ts';
import '../../components/switch.ts';
import '../../components/text-field.ts';
import { formatWeekday } from '../../i18n/format.ts';
import { attempt } from '../../state/notices.ts';
import { Resource } from '../../state/resource.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';
import { focusRing } from '../../styles/shared.ts';

/** Monday first, as most of the world counts. */
const DAYS = [1, 2, 3, 4, 5, 6, 0] as const;

export class QuietHoursSection extends ViewElement {
  static override properties = { context: { attribute: false } };
  static override styles = [
    ...content,
    focusRing,
    css`
      .times {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--space-3);
      }
      fieldset {
        display: grid;
        grid-template-columns: repeat(7, minmax(0, 1fr));
        gap: var(--space-1);
        min-width: 0;
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0 0 var(--space-1);
        font-size: var(--text-s);
        font-weight: var(--weight-medium);
        color: var(--color-text-soft);
      }
      button {
        min-height: var(--target);
        padding: 0;
        border: 0;
        border-radius: var(--radius-m);
        font: inherit;
        font-size: var(--text-s);
        font-weight: var(--weight-medium);
        color: var(--color-text-soft);
        background: var(--color-field);
        cursor: pointer;
      }
      button[aria-pressed='true'] {
        color: var(--color-on-accent);
        background: var(--color-accent);
      }
    `,
  ];

  declare context: AppContext;
  readonly #preferences = new Resource(() => this.context.engine.client.preferences());
  #stopListening: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#preferences.load();
    this.#stopListening = this.context.engine.on('settings', () => void this.#preferences.load());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopListening();
  }

  protected override render(): TemplateResult {
    return html`<vant-section
      heading=${msg('Quiet hours')}
      hint=${msg('They hold on all your devices, in the time of each. Messages come in, but nothing tells of them.')}
    >
      ${this.#preferences.render(({ quietHours }) => this.#renderHours(quietHours))}
    </vant-section>`;
  }

  #renderHours(hours: QuietHours): TemplateResult {
    return html`<div class="pad stack">
      <vant-switch
        label=${msg('Quiet hours')}
        help=${msg('At night, or whenever you do not want to be disturbed.')}
        ?checked=${hours.isOn}
        @input-change=${({ detail }: CustomEvent<boolean>) => this.#set({ ...hours, isOn: detail })}
      ></vant-switch>
      ${hours.isOn ? this.#renderTimes(hours) : nothing}
    </div>`;
  }

  #renderTimes(hours: QuietHours): TemplateResult {
    return html`<div class="times">
        <vant-text-field
          type="time"
          label=${msg('From')}
          value=${toTime(hours.fromMinute)}
          @input-change=${({ detail }: CustomEvent<string>) => this.#setTime(hours, 'fromMinute', detail)}
        ></vant-text-field>
        <vant-text-field
          type="time"
          label=${msg('Until')}
          value=${toTime(hours.toMinute)}
          @input-change=${({ detail }: CustomEvent<string>) => this.#setTime(hours, 'toMinute', detail)}
        ></vant-text-field>
      </div>
      <fieldset>
        <legend>${msg('Beginning on')}</legend>
        ${DAYS.map((day) => this.#renderDay(hours, day))}
      </fieldset>
      <vant-switch
        label=${msg('Calls ring nevertheless')}
        ?checked=${hours.allowsCalls}
        @input-change=${({ detail }: CustomEvent<boolean>) => this.#set({ ...hours, allowsCalls: detail })}
      ></vant-switch>`;
  }

  #renderDay(hours: QuietHours, day: number): TemplateResult {
    const isChosen = (hours.days & (1 << day)) !== 0;
    return html`<button
      type="button"
      aria-pressed=${String(isChosen)}
      aria-label=${formatWeekday(day, 'long')}
      @click=${() => this.#set({ ...hours, days: (hours.days ^ (1 << day)) & ALL_DAYS })}
    >
      ${formatWeekday(day, 'short')}
    </button>`;
  }

  /** A field that is empty for a moment changes nothing. */
  #setTime(hours: QuietHours, name: 'fromMinute' | 'toMinute', time: string): void {
    const [hour, minute] = time.split(':').map(Number);
    if (hour === undefined || minute === undefined || Number.isNaN(hour + minute)) return;
    this.#set({ ...hours, [name]: hour * 60 + minute });
  }

  /** What the page shows follows at once; the store tells all others. */
  #set(quietHours: QuietHours): void {
    const known = this.#preferences.value;
    if (known !== undefined) this.#preferences.set({ ...known, quietHours });
    void attempt(() => this.context.engine.client.setPreferences({ quietHours }));
  }
}

const toTime = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

customElements.define('vant-quiet-hours-section', QuietHoursSection);
