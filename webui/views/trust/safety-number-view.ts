/** The safety number with a member: compared by eye, by voice or by camera, it shows that nobody is in between. */
import { msg, str } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import '../../components/badge.ts';
import '../../components/qr-code.ts';
import '../../components/qr-scan.ts';
import { decodeBase64Url, encodeBase64Url } from '../../../wire/encoding.ts';
import type { AccountId } from '../../../wire/ids.ts';
import type { IdentityState } from '../../../client/directory/identity-state.ts';
import { pathTo } from '../../platform/router.ts';
import { canScan } from '../../platform/qr-scanner.ts';
import { nameOf } from '../../state/member-names.ts';
import { attempt } from '../../state/notices.ts';
import { Resource } from '../../state/resource.ts';
import { PageView } from '../page-view.ts';

/** Before the bytes of the fingerprint, so that another code is not taken for one that differs. */
const QR_PREFIX = 'vant-safety:';
const GROUP_DIGITS = 5;

export class SafetyNumberView extends PageView {
  static override properties = {
    ...PageView.properties,
    accountId: { attribute: false },
    isScanning: { state: true },
    outcome: { state: true },
  };
  static override styles = [
    ...PageView.styles,
    css`
      .card {
        display: grid;
        justify-items: center;
        gap: var(--space-5);
        padding: var(--space-5);
      }
      .digits {
        display: grid;
        grid-template-columns: repeat(4, auto);
        gap: var(--space-2) var(--space-5);
        margin: 0;
        padding: 0;
        list-style: none;
        font-family: var(--font-mono);
        font-size: var(--text-l);
        font-variant-numeric: tabular-nums;
      }
      vant-qr-scan {
        width: min(20rem, 100%);
      }
      @media (width < 26rem) {
        .digits {
          grid-template-columns: repeat(3, auto);
          gap: var(--space-2) var(--space-4);
        }
      }
    `,
  ];

  declare accountId: AccountId;
  declare isScanning: boolean;
  declare outcome: 'same' | 'different' | 'foreign' | 'refused' | undefined;
  readonly #number = new Resource(() => this.#loadNumber());
  readonly #state = new Resource(() => this.context.engine.team.identityState(this.accountId));
  readonly #canScan = new Resource(canScan);

  constructor() {
    super();
    this.isScanning = false;
  }

  #stopListening: readonly (() => void)[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#load();
    void this.#canScan.load();
    this.#stopListening = (['identityChanged', 'settings'] as const).map((name) =>
      this.context.engine.on(name, () => this.#load()),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.#stopListening) stop();
  }

  protected override render(): TemplateResult {
    const name = nameOf(this.context.state.members.value, this.accountId);
    return html`<vant-page heading=${msg('Safety number')} back-href=${pathTo('member', this.accountId)}>
      <p>
        ${msg(str`Compare this number with ${name}: face to face, or in a call in which you know the voice. If it is the same on both sides, nobody reads along, not even the server.`)}
      </p>
      <vant-section>
        <div class="card">${this.#number.render((number) => this.#renderNumber(number))}</div>
      </vant-section>
      ${this.#renderOutcome(name)} ${this.#renderScanner()}
      ${this.#state.render((state) => this.#renderVerified(name, state))}
    </vant-page>`;
  }

  #load(): void {
    void this.#number.load();
    void this.#state.load();
  }

  async #loadNumber(): Promise<{ digits: string; code: string }> {
    const { team } = this.context.engine;
    const [digits, fingerprint] = await Promise.all([
      team.safetyNumber(this.accountId),
      team.scannableFingerprint(this.accountId),
    ]);
    return { digits, code: QR_PREFIX + encodeBase64Url(fingerprint) };
  }

  #renderNumber({ digits, code }: { readonly digits: string; readonly code: string }): TemplateResult {
    const groups = digits.match(new RegExp(`\\d{1,${GROUP_DIGITS}}`, 'g')) ?? [];
    return html`<vant-qr-code .value=${code} label=${msg('Safety number as a code')}></vant-qr-code>
      <ol class="digits" aria-label=${msg('Safety number')}>
        ${groups.map((group) => html`<li>${group}</li>`)}
      </ol>`;
  }

  #renderOutcome(name: string): TemplateResult | typeof nothing {
    switch (this.outcome) {
      case 'same':
        return html`<vant-banner tone="good">${msg(str`It is the same. ${name} is marked as verified.`)}</vant-banner>`;
      case 'different':
        return html`<vant-banner tone="danger"
          >${msg(str`It is not the same. Somebody may be between you and ${name}: do not write anything secret, and ask your admin.`)}</vant-banner
        >`;
      case 'foreign':
        return html`<vant-banner tone="warning">${msg('This is not the code of a safety number.')}</vant-banner>`;
      case 'refused':
        return html`<vant-banner tone="warning"
          >${msg('The browser does not let this page use the camera. Compare the digits instead.')}</vant-banner
        >`;
      case undefined:
        return nothing;
    }
  }

  #renderScanner(): TemplateResult | typeof nothing {
    if (this.#canScan.value !== true) return nothing;
    if (this.isScanning)
      return html`<vant-qr-scan
        label=${msg('Camera: hold the other code before it')}
        @scan=${this.#onScan}
        @refused=${() => this.#endScan('refused')}
      ></vant-qr-scan>`;
    return html`<div class="actions">
      <vant-button icon="camera" @click=${() => (this.isScanning = true)}>${msg('Scan the other code')}</vant-button>
    </div>`;
  }

  #renderVerified(name: string, { isVerified, wasVerified }: IdentityState): TemplateResult {
    return html`<vant-section hint=${msg('You are told if the number changes. The mark holds on all your devices.')}>
      <vant-row
        icon=${isVerified ? 'shield-check' : 'shield-alert'}
        heading=${isVerified ? msg(str`You have verified ${name}`) : msg(str`You have not verified ${name}`)}
        detail=${wasVerified && !isVerified ? msg('You had verified another number of theirs.') : nothing}
      >
        <vant-button variant=${isVerified ? 'secondary' : 'primary'} @click=${() => this.#setVerified(!isVerified)}
          >${isVerified ? msg('Clear the mark') : msg('Mark as verified')}</vant-button
        >
      </vant-row>
    </vant-section>`;
  }

  #onScan = async ({ detail }: CustomEvent<string>): Promise<void> => {
    if (!detail.startsWith(QR_PREFIX)) {
      this.outcome = 'foreign';
      return;
    }
    const scanned = parseCode(detail);
    const isSame = scanned !== undefined && (await this.context.engine.team.compareScannable(this.accountId, scanned));
    this.#endScan(isSame ? 'same' : 'different');
    if (isSame) await this.#setVerified(true);
  };

  #endScan(outcome: SafetyNumberView['outcome']): void {
    this.isScanning = false;
    this.outcome = outcome;
  }

  async #setVerified(isVerified: boolean): Promise<void> {
    await attempt(() => this.context.engine.team.setVerified(this.accountId, isVerified));
    await this.#state.load();
  }
}

function parseCode(text: string): Uint8Array | undefined {
  try {
    return decodeBase64Url(text.slice(QR_PREFIX.length));
  } catch {
    return undefined;
  }
}

customElements.define('vant-safety-number-view', SafetyNumberView);
