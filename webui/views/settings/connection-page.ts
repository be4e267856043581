/** Tests every way that messages and calls take from this browser, says what the result means and which line of the configuration
 * mends it. Only the member decides whether the admins learn of it. */
import { msg } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import {
  ConnectionTest,
  TESTED_WAYS,
  type TestedWay,
  type WayResult,
} from '../../calls/connection-test/connection-test.ts';
import { describeResult, remedyFor, toYaml, wayName, type YamlLine } from '../../i18n/connection-texts.ts';
import type { IconName } from '../../components/icon-shapes.ts';
import '../../components/icon.ts';
import '../../components/spinner.ts';
import { pathTo } from '../../platform/router.ts';
import { attempt } from '../../state/notices.ts';
import { ownRole } from '../../state/own-role.ts';
import { PageView } from '../page-view.ts';

type Mark = 'good' | 'bad' | 'quiet';

const ICONS: Readonly<Record<Mark, IconName>> = { good: 'circle-check', bad: 'circle-alert', quiet: 'info' };

export class ConnectionPage extends PageView {
  static override properties = { ...PageView.properties, isExternal: { state: true }, isSent: { state: true } };
  static override styles = [
    ...PageView.styles,
    css`
      .way {
        display: grid;
        grid-template-columns: 1.5rem minmax(0, 1fr);
        gap: var(--space-1) var(--space-3);
        padding: var(--space-4);
      }
      .way > * {
        grid-column: 2;
      }
      .way > .mark {
        grid-row: 1;
        grid-column: 1;
        padding-top: 0.1rem;
      }
      .good {
        color: var(--color-success-text);
      }
      .bad {
        color: var(--color-danger-text);
      }
      .quiet {
        color: var(--color-text-soft);
      }
      h3 {
        font-weight: var(--weight-medium);
      }
      p {
        font-size: var(--text-s);
        color: var(--color-text-soft);
      }
      pre {
        margin: var(--space-1) 0 0;
        padding: var(--space-3);
        overflow-x: auto;
        border-radius: var(--radius-m);
        font-family: var(--font-mono);
        font-size: var(--text-xs);
        background: var(--color-field);
      }
      pre:focus-visible {
        outline: 2px solid var(--color-focus);
      }
    `,
  ];

  /** The admin runs a TURN server of their own. Only admins know. */
  declare isExternal: boolean;
  declare isSent: boolean;
  readonly #test = new ConnectionTest({
    iceServers: () => this.context.engine.team.iceServers(),
    isConnected: () => this.context.state.connection.value.status === 'online',
  });

  constructor() {
    super();
    this.isExternal = false;
    this.isSent = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#isAdmin) void this.#askForMode();
  }

  protected override render(): TemplateResult {
    const results = this.#test.results.value;
    const isRunning = this.#test.isRunning.value;
    const isDone = results.size > 0 && !isRunning;
    return html`<vant-page beside heading=${msg('Connection test')} back-href=${pathTo('settings')}>
      <p>
        ${msg('Tests from this very browser whether messages and calls come through: directly, and by each way to the relay. Data is sent around, so it says what really works in the network that you are in.')}
      </p>
      <div class="actions">
        <vant-button
          variant=${isDone ? 'secondary' : 'primary'}
          icon="signal-high"
          ?disabled=${isRunning}
          @click=${() => void this.#run()}
          >${isDone ? msg('Test again') : msg('Test now')}</vant-button
        >
      </div>
      ${
        results.size === 0
          ? nothing
          : html`<vant-section heading=${msg('Result')} aria-live="polite" aria-busy=${isRunning}>
              ${TESTED_WAYS.map((way) => this.#renderWay(way, results.get(way) ?? { kind: 'running' }))}
            </vant-section>`
      }
      ${isDone ? this.#renderSharing() : nothing}
    </vant-page>`;
  }

  get #isAdmin(): boolean {
    return ownRole(this.context.state) !== 'member';
  }

  #renderWay(way: TestedWay, result: WayResult): TemplateResult {
    const remedy = remedyFor(way, result, this.isExternal);
    return html`<div class="way" data-way=${way} data-result=${result.kind}>
      <h3>${wayName(way)}</h3>
      ${renderMark(way, result)}
      <p>${describeResult(way, result)}</p>
      ${remedy === undefined ? nothing : html`<p>${remedy.text}</p>`}
      ${remedy === undefined || remedy.lines.length === 0 ? nothing : this.#renderLines(remedy.lines)}
    </div>`;
  }

  #renderLines(lines: readonly YamlLine[]): TemplateResult {
    return html`<p>
        ${this.#isAdmin ? msg('In the configuration of the server:') : msg('For the admin, in the configuration of the server:')}
      </p>
      <pre tabindex="0" role="group" aria-label=${msg('Configuration')}>${toYaml(lines)}</pre>`;
  }

  #renderSharing(): TemplateResult {
    return html`<vant-section
      heading=${msg('Tell the admins')}
      hint=${msg('Owners and admins look after the server. They are told which of these ways work from this device, and on which day it was tested: no addresses, no times. It is encrypted for them like a message; the server cannot read it. They keep it for thirty days.')}
    >
      <div class="pad actions">
        <vant-button icon="send-horizontal" ?disabled=${this.isSent} @click=${() => void this.#share()}>
          ${this.isSent ? msg('Sent') : msg('Send the result to the admins')}
        </vant-button>
      </div>
    </vant-section>`;
  }

  async #run(): Promise<void> {
    this.isSent = false;
    await this.#test.run();
  }

  async #share(): Promise<void> {
    this.isSent = await attempt(() => this.context.engine.team.reportConnection(this.#test.summary));
  }

  async #askForMode(): Promise<void> {
    const config = await this.context.engine.team.adminConfig().catch(() => undefined);
    this.isExternal = config?.options.find(({ path }) => path === 'turn.mode')?.value === 'external';
  }
}

function renderMark(way: TestedWay, result: WayResult): TemplateResult {
  if (result.kind === 'running')
    return html`<span class="mark"><vant-spinner label=${msg('Being tested …')}></vant-spinner></span>`;
  const mark = markOf(way, result);
  const label = { good: msg('Works'), bad: msg('Does not work'), quiet: msg('Not offered') }[mark];
  return html`<span class="mark ${mark}" role="img" aria-label=${label}>
    <vant-icon name=${ICONS[mark]}></vant-icon>
  </span>`;
}

function markOf(way: TestedWay, result: WayResult): Mark {
  if (result.kind === 'not-offered') return 'quiet';
  return result.kind === 'works' && remedyFor(way, result, false) === undefined ? 'good' : 'bad';
}

customElements.define('vant-connection-page', ConnectionPage);
