/** When a message was sent, and when each recipient got and read it; its earlier versions. Loaded when it is asked for. */
import { msg } from '@lit/localize';
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Delivery } from '../../../client/conversations/deliveries.ts';
import type { StoredMessage } from '../../../client/conversations/history.ts';
import type { AppContext } from '../../app/context.ts';
import '../../components/avatar.ts';
import '../../components/dialog.ts';
import { errorText } from '../../i18n/error-texts.ts';
import { formatDateTime } from '../../i18n/format.ts';
import { ViewElement } from '../../state/watch.ts';
import { base } from '../../styles/shared.ts';
import { deliveryLabel, faceOf, subjectOf } from '../conversations/describe.ts';

export class MessageInfo extends ViewElement {
  static override properties = {
    context: { attribute: false },
    message: { attribute: false },
    deliveries: { state: true },
  };
  static override styles = [
    base,
    css`
      .text {
        max-height: 8rem;
        margin: 0 0 var(--space-4);
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius-m);
        background: var(--color-field);
        overflow: auto;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: var(--space-1) var(--space-4);
        margin: 0 0 var(--space-4);
        font-size: var(--text-s);
      }
      dt {
        color: var(--color-text-soft);
      }
      dd {
        margin: 0;
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
      h3 {
        margin: 0 0 var(--space-2);
        font-size: var(--text-s);
        color: var(--color-text-soft);
      }
      ul {
        display: grid;
        gap: var(--space-3);
        margin: 0 0 var(--space-4);
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0 var(--space-3);
        align-items: center;
      }
      .when {
        font-size: var(--text-s);
        color: var(--color-text-soft);
      }
      .failure {
        font-size: var(--text-s);
        color: var(--color-danger-text);
      }
    `,
  ];

  declare context: AppContext;
  declare message: StoredMessage;
  declare deliveries: readonly Delivery[];
  #stop: () => void = () => undefined;

  constructor() {
    super();
    this.deliveries = [];
  }

  /** Not before: what it is given comes after it is connected when it is loaded late. */
  protected override firstUpdated(): void {
    this.#stop = this.context.engine.on('status', ({ historyKey }) => {
      if (historyKey === this.message.historyKey) void this.#load();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('message')) void this.#load();
  }

  protected override render(): TemplateResult {
    const { message, context } = this;
    const rows: [string, number | undefined][] = [
      [msg('Written'), message.timestamp],
      [msg('Received'), message.direction === 'incoming' ? message.receivedAt : undefined],
      [msg('Edited'), message.editedAt],
      [msg('Disappears'), message.expiresAt],
    ];
    return html`<vant-dialog
      heading=${msg('Message')}
      .isOpen=${true}
      @close=${() => this.dispatchEvent(new CustomEvent('close'))}
    >
      <p class="text" dir="auto">${message.text}</p>
      <dl>
        <dt>${msg('From')}</dt>
        <dd>${subjectOf(context.state, message.author)}</dd>
        ${rows.map(([label, at]) =>
          at === undefined
            ? nothing
            : html`<dt>${label}</dt>
                <dd>${formatDateTime(at)}</dd>`,
        )}
      </dl>
      ${this.deliveries.length === 0 ? nothing : this.#renderDeliveries()} ${this.#renderEdits()}
    </vant-dialog>`;
  }

  #renderDeliveries(): TemplateResult {
    return html`<h3>${msg('Recipients')}</h3>
      <ul>
        ${this.deliveries.map((delivery) => this.#renderDelivery(delivery))}
      </ul>`;
  }

  #renderDelivery({ accountId, sentAt, deliveredAt, readAt, failure }: Delivery): TemplateResult {
    const face = faceOf(this.context.state, accountId);
    const steps = [
      ['read', readAt],
      ['delivered', deliveredAt],
      ['sent', sentAt],
    ] as const;
    const told = steps.filter(([, at]) => at !== undefined);
    return html`<li>
      <vant-avatar
        size="s"
        name=${face.name}
        identity=${accountId}
        .picture=${face.picture}
        .pictureType=${face.pictureType}
      ></vant-avatar>
      <div>
        <div>${face.name}</div>
        ${told.map(([status, at]) => html`<div class="when">${deliveryLabel(status)}: ${formatDateTime(at ?? 0)}</div>`)}
        ${told.length === 0 && failure === undefined ? html`<div class="when">${deliveryLabel('queued')}</div>` : nothing}
        ${failure === undefined ? nothing : html`<div class="failure">${errorText({ code: failure })}</div>`}
      </div>
    </li>`;
  }

  #renderEdits(): TemplateResult | typeof nothing {
    const edits = this.message.edits ?? [];
    if (edits.length === 0) return nothing;
    return html`<h3>${msg('Earlier versions')}</h3>
      <ul>
        ${edits.map(
          ({ text, timestamp }) =>
            html`<li>
              <div></div>
              <div dir="auto">
                ${text}
                <div class="when">${formatDateTime(timestamp)}</div>
              </div>
            </li>`,
        )}
      </ul>`;
  }

  async #load(): Promise<void> {
    if (this.message.direction !== 'outgoing') return;
    this.deliveries = await this.context.engine.client.deliveryInfo(this.message.historyKey).catch(() => []);
  }
}

customElements.define('vant-message-info', MessageInfo);
