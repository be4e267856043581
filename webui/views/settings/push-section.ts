/** How this browser is woken while Vant is closed: the state of each step, and a test of the whole way. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import type { AppContext } from '../../app/context.ts';
import '../../components/badge.ts';
import '../../components/banner.ts';
import '../../components/button.ts';
import '../../components/icon.ts';
import '../../components/row.ts';
import '../../components/section.ts';
import { formatMilliseconds, formatRelative } from '../../i18n/format.ts';
import { notificationTexts } from '../../i18n/notification-texts.ts';
import { runPushTest, type TestStep } from '../../platform/notifications/push-test.ts';
import { pushUpkeepOf, type PushReport, type PushUpkeep } from '../../platform/notifications/push-upkeep.ts';
import { attempt } from '../../state/notices.ts';
import { ViewElement } from '../../state/watch.ts';
import { content } from '../../styles/content.ts';
import { visuallyHidden } from '../../styles/shared.ts';
import { describeFailure, nameOfStep } from './notification-help.ts';

interface TestRun {
  readonly steps: readonly TestStep[];
  /** Undefined while it runs. */
  readonly isOk?: boolean;
  readonly at: number;
}

export class PushSection extends ViewElement {
  static override properties = { context: { attribute: false }, test: { state: true } };
  static override styles = [
    ...content,
    visuallyHidden,
    css`
      ol {
        display: grid;
        gap: var(--space-2);
        margin: 0;
        padding: 0 var(--space-4) var(--space-4);
        list-style: none;
        font-size: var(--text-s);
      }
      li {
        display: flex;
        align-items: center;
        gap: var(--space-2);
      }
      li span:first-of-type {
        flex: 1;
      }
      li .time {
        color: var(--color-text-soft);
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .good {
        color: var(--color-success-text);
      }
      .bad {
        color: var(--color-danger-text);
      }
      .failure {
        display: block;
        padding: 0 var(--space-4) var(--space-4);
      }
    `,
  ];

  declare context: AppContext;
  declare test: TestRun | undefined;

  get #upkeep(): PushUpkeep {
    return pushUpkeepOf(this.context.engine);
  }

  protected override render(): TemplateResult {
    const report = this.#upkeep.report.value;
    return html`<vant-section
      heading=${msg('While Vant is closed')}
      hint=${msg('The push service belongs to the maker of your browser. It learns that something waits for this device, and when.')}
    >
      ${this.#renderSubscription(report)} ${this.#renderLastPush(report)}
      <div>
        <vant-row icon="send-horizontal" heading=${msg('Test the whole way')} detail=${this.#describeTest()}>
          <vant-button ?busy=${this.#isRunning} @click=${this.#run}>${msg('Send me a test')}</vant-button>
        </vant-row>
        <div role="status">${this.#renderSteps()}</div>
      </div>
    </vant-section>`;
  }

  get #isRunning(): boolean {
    return this.test !== undefined && this.test.isOk === undefined;
  }

  #renderSubscription({ failure, isRegistered, service = '' }: PushReport): TemplateResult {
    if (failure !== undefined)
      return html`<vant-row
        icon="triangle-alert"
        heading=${msg('Vant cannot wake this browser')}
        detail=${describeFailure(failure)}
      >
        <vant-button ?busy=${this.#upkeep.isBusy.value} @click=${this.#mend}>${msg('Try again')}</vant-button>
      </vant-row>`;
    if (isRegistered !== true)
      return html`<vant-row icon="refresh-cw" heading=${msg('Subscribing at the push service …')}></vant-row>`;
    return html`<vant-row
      icon="circle-check"
      heading=${msg('Subscription')}
      detail=${msg(str`At ${service}. The server knows it.`)}
    >
      <vant-badge slot="beside" tone="good">${msg('In order')}</vant-badge>
    </vant-row>`;
  }

  #renderLastPush({ lastPushAt }: PushReport): TemplateResult {
    return html`<vant-row
      icon="bell"
      heading=${msg('Last push')}
      detail=${lastPushAt === 0 ? msg('None has come yet.') : formatRelative(lastPushAt)}
    ></vant-row>`;
  }

  #describeTest(): string {
    const { test } = this;
    if (test?.isOk === undefined)
      return msg('From the server over the push service to this browser, with the time of each step.');
    return test.isOk ? msg('The last test went all the way.') : msg('The last test did not get through.');
  }

  #renderSteps(): TemplateResult | typeof nothing {
    if (this.test === undefined || this.test.steps.length === 0) return nothing;
    const failed = this.test.steps.find(({ isOk }) => !isOk);
    return html`<ol aria-label=${msg('Steps of the test')}>
        ${this.test.steps.map((step) => renderStep(step))}
      </ol>
      ${failed === undefined ? nothing : html`<p class="failure small bad">${explain(failed)}</p>`}`;
  }

  #mend = (): void => void attempt(() => this.#upkeep.mend({ isAnew: true }));

  #run = (): void => {
    const at = Date.now();
    this.test = { steps: [], at };
    void attempt(async () => {
      const isOk = await runPushTest({
        engine: this.context.engine,
        upkeep: this.#upkeep,
        texts: notificationTexts,
        body: msg('This is the test that you asked for.'),
        onStep: (step) => (this.test = { at, steps: [...(this.test?.steps ?? []), step] }),
      });
      this.test = { at, steps: this.test?.steps ?? [], isOk };
    }).then((isDone) => {
      if (!isDone) this.test = { at, steps: this.test?.steps ?? [], isOk: false };
    });
  };
}

const renderStep = ({ name, isOk, ms }: TestStep): TemplateResult =>
  html`<li>
    <vant-icon name=${isOk ? 'circle-check' : 'circle-alert'} class=${isOk ? 'good' : 'bad'}></vant-icon>
    <span>${nameOfStep(name)}${isOk ? nothing : html`<span class="visually-hidden">: ${msg('Failed')}</span>`}</span>
    <span class="time">${isOk ? formatMilliseconds(Math.round(ms)) : msg('Failed')}</span>
  </li>`;

function explain({ name, failure, detail }: TestStep): string {
  if (failure !== undefined) return describeFailure(failure);
  if (detail !== undefined) return msg(str`The push service said: ${detail}`);
  if (name === 'arrival') return describeFailure('silent');
  return msg(
    'The system did not show it. Look whether it lets this browser notify, and whether “do not disturb” is on.',
  );
}

customElements.define('vant-push-section', PushSection);
