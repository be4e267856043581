/** Asks whether notifications are wanted: once there is something that they could be about, and never before the browser's own question has
 * an answer that somebody has thought about. */
import { msg } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import type { AppContext } from '../../app/context.ts';
import '../../components/banner.ts';
import '../../components/button.ts';
import { pushUpkeepOf } from '../../platform/notifications/push-upkeep.ts';
import { attempt } from '../../state/notices.ts';
import { ViewElement } from '../../state/watch.ts';
import { base } from '../../styles/shared.ts';

const LATER_KEY = 'vant-notifications-later';
const ASK_AGAIN_MS = 30 * 24 * 60 * 60_000;

export class NotificationBanner extends ViewElement {
  static override properties = { context: { attribute: false }, isPostponed: { state: true } };
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      vant-banner {
        margin: var(--space-2);
      }
    `,
  ];

  declare context: AppContext;
  declare isPostponed: boolean;

  constructor() {
    super();
    this.isPostponed = Date.now() - Number(localStorage.getItem(LATER_KEY) ?? 0) < ASK_AGAIN_MS;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { state, engine } = this.context;
    if (this.isPostponed || state.account.value === undefined) return nothing;
    const { permission, isOn } = pushUpkeepOf(engine).report.value;
    const hasTalked = state.conversations.rows.value.some(({ last }) => last?.kind === 'text');
    if (permission !== 'default' || isOn || !hasTalked) return nothing;
    return html`<vant-banner icon="bell">
      ${msg('Shall Vant tell you of new messages and calls while you are elsewhere?')}
      <vant-button slot="actions" variant="quiet" @click=${this.#postpone}>${msg('Not now')}</vant-button>
      <vant-button slot="actions" variant="primary" @click=${this.#turnOn}>${msg('Turn on')}</vant-button>
    </vant-banner>`;
  }

  #postpone = (): void => {
    localStorage.setItem(LATER_KEY, String(Date.now()));
    this.isPostponed = true;
  };

  /** Whoever says no to the browser has said no here, too. */
  #turnOn = (): void =>
    void attempt(async () => {
      if (!(await pushUpkeepOf(this.context.engine).turnOn())) this.#postpone();
    });
}

customElements.define('vant-notification-banner', NotificationBanner);
