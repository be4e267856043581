/** One line above the list while messages do not come and go: why, and what can be done. Silent as long as all is well, and for
 * the blink of an eye that a connection takes. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import type { AppContext } from '../../app/context.ts';
import type { IconName } from '../../components/icon-shapes.ts';
import '../../components/icon.ts';
import '../../components/spinner.ts';
import type { ConnectionTruth } from '../../platform/connection-truth.ts';
import { ViewElement } from '../../state/watch.ts';
import { base, focusRing } from '../../styles/shared.ts';

/** A connection that comes within this time is not talked about. */
const PATIENCE_MS = 1500;

interface Line {
  readonly text: string;
  readonly icon?: IconName;
  readonly action?: { readonly label: string; readonly run: () => unknown };
}

export class ConnectionLine extends ViewElement {
  static override properties = { context: { attribute: false }, now: { state: true } };
  static override styles = [
    base,
    focusRing,
    css`
      .line {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        margin: 0 var(--space-3) var(--space-2);
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius-m);
        font-size: var(--text-s);
        color: var(--color-warning-text);
        background: var(--color-warning-soft);
      }
      .line.calm {
        color: var(--color-text-soft);
        background: var(--color-field);
      }
      span {
        flex: 1;
      }
      button {
        flex: none;
        min-height: 1.75rem;
        padding: 0 var(--space-2);
        border: 0;
        border-radius: var(--radius-s);
        font: inherit;
        font-weight: var(--weight-bold);
        color: inherit;
        background: none;
        cursor: pointer;
      }
      button:hover {
        background: var(--color-hover);
      }
    `,
  ];

  declare context: AppContext;
  declare now: number;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.now = Date.now();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  protected override render(): TemplateResult {
    const truth = this.context.state.connection.value;
    this.#tick(truth.status !== 'online');
    const line = this.#describe(truth);
    const isCalm = truth.status === 'connecting';
    return html`<div role="status">
      ${
        line === undefined
          ? nothing
          : html`<div class="line ${isCalm ? 'calm' : ''}">
              ${line.icon === undefined ? html`<vant-spinner></vant-spinner>` : html`<vant-icon name=${line.icon}></vant-icon>`}
              <span>${line.text}</span>
              ${
                line.action === undefined
                  ? nothing
                  : html`<button type="button" @click=${line.action.run}>${line.action.label}</button>`
              }
            </div>`
      }
    </div>`;
  }

  /** Counts down while there is something to count. */
  #tick(isNeeded: boolean): void {
    if (!isNeeded) clearInterval(this.#timer);
    else if (this.#timer === undefined) {
      this.now = Date.now();
      this.#timer = setInterval(() => (this.now = Date.now()), 1000);
      return;
    }
    if (!isNeeded) this.#timer = undefined;
  }

  #describe(truth: ConnectionTruth): Line | undefined {
    const { control } = this.context.engine;
    const retry = { label: msg('Try now'), run: () => control.reconnectNow() };
    switch (truth.status) {
      case 'online':
        return undefined;
      case 'connecting':
        return this.now - truth.since < PATIENCE_MS ? undefined : { text: msg('Connecting …') };
      case 'offline':
        return { icon: 'wifi-off', text: msg('You are offline. What you write goes out later.') };
      case 'waiting': {
        if (this.now - truth.since < PATIENCE_MS) return undefined;
        const seconds = Math.max(0, Math.ceil((truth.retryAt - this.now) / 1000));
        return {
          icon: 'wifi-off',
          text: msg(str`The server cannot be reached. Next attempt in ${seconds} s.`),
          action: retry,
        };
      }
      case 'removed':
        return { icon: 'ban', text: msg('This device was removed from the team. It gets no more messages.') };
      case 'superseded':
        return {
          icon: 'laptop',
          text: msg('This device is connected from another place.'),
          action: { label: msg('Use it here'), run: () => control.reconnectNow({ takeOver: true }) },
        };
      case 'update-needed':
        return {
          icon: 'refresh-cw',
          text: msg('Another tab runs a newer version.'),
          action: { label: msg('Reload'), run: () => location.reload() },
        };
    }
  }
}

customElements.define('vant-connection-line', ConnectionLine);
