/** "What the server knows about me": every record that the server holds about this account, from its live answer. */
import { msg, str } from '@lit/localize';
import { css, html, type TemplateResult } from 'lit';
import '../../components/badge.ts';
import type { RecordEntry, RecordSection } from '../../../wire/record-schemas.ts';
import { formatNumber, plural } from '../../i18n/format.ts';
import { entryTitle, fieldLabel, fieldValue, neverKnown, placeText, sectionTexts } from '../../i18n/record-texts.ts';
import { pathTo } from '../../platform/router.ts';
import { attempt } from '../../state/notices.ts';
import { Resource } from '../../state/resource.ts';
import { PageView } from '../page-view.ts';

export class ServerRecordsPage extends PageView {
  static override styles = [
    ...PageView.styles,
    css`
      details {
        padding: 0 var(--space-4);
      }
      summary {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-3);
        min-height: 3.25rem;
        cursor: pointer;
      }
      summary:focus-visible {
        outline: 2px solid var(--color-focus);
        outline-offset: -2px;
      }
      .why {
        display: grid;
        gap: var(--space-1);
        padding: var(--space-3) var(--space-4);
        font-size: var(--text-s);
        color: var(--color-text-soft);
      }
      dl {
        display: grid;
        grid-template-columns: minmax(9rem, 2fr) minmax(0, 3fr);
        gap: var(--space-2) var(--space-4);
        margin: 0;
        padding: 0 0 var(--space-4);
        font-size: var(--text-s);
      }
      dt {
        color: var(--color-text-soft);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
        font-variant-numeric: tabular-nums;
      }
      .keys {
        padding-bottom: var(--space-4);
        overflow-wrap: anywhere;
        font-family: var(--font-mono);
        font-size: var(--text-xs);
        color: var(--color-text-faint);
      }
      .never {
        margin: 0;
        padding: var(--space-4) var(--space-4) var(--space-4) 2.2rem;
        display: grid;
        gap: var(--space-2);
      }
      @media (width < 30rem) {
        dl {
          grid-template-columns: minmax(0, 1fr);
          gap: 0;
        }
        dd {
          margin-bottom: var(--space-2);
        }
      }
    `,
  ];
  readonly #records = new Resource(() => this.context.engine.team.accountRecords());

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#records.load();
  }

  protected override render(): TemplateResult {
    return html`<vant-page beside heading=${msg('What the server knows about me')} back-href=${pathTo('settings')}>
      <p>
        ${msg('This is what the server answered just now: everything that it holds about your account, and nothing left out.')}
      </p>
      ${this.#records.render(
        (sections) =>
          html`${sections.map((section) => this.#renderSection(section))}
            <div class="actions">
              <vant-button icon="refresh-cw" @click=${() => void this.#records.load()}>${msg('Ask again')}</vant-button>
              <vant-button icon="copy" @click=${() => this.#copy(sections)}>${msg('Copy as JSON')}</vant-button>
            </div>`,
      )}
      <vant-section
        heading=${msg('What it can never know')}
        hint=${msg('It is encrypted before it leaves your devices, under keys that the server never has. What the server can see, because it delivers: when your devices are connected and from which address, and how much they send to which account.')}
      >
        <ul class="never">
          ${neverKnown().map((text) => html`<li>${text}</li>`)}
        </ul>
      </vant-section>
    </vant-page>`;
  }

  #renderSection(section: RecordSection): TemplateResult {
    const { title, purpose, kept } = sectionTexts(section);
    const count = section.entries.length;
    return html`<vant-section heading=${title}>
      <div class="why">
        <span>${purpose}</span>
        <span>${msg(str`Kept ${placeText(section.place)}. ${kept}`)}</span>
      </div>
      ${
        count === 0
          ? html`<vant-row heading=${msg('Nothing at the moment.')}></vant-row>`
          : section.entries.map((entry, index) => this.#renderEntry(entry, index === 0 && count <= 2))
      }
    </vant-section>`;
  }

  #renderEntry({ title, fields, storedAs }: RecordEntry, isOpen: boolean): TemplateResult {
    const count = formatNumber(fields.length);
    return html`<details ?open=${isOpen}>
      <summary>
        <span>${entryTitle(title)}</span>
        <vant-badge tone="quiet"
          >${plural(fields.length, { one: msg(str`${count} value`), other: msg(str`${count} values`) })}</vant-badge
        >
      </summary>
      <dl>
        ${fields.map(
          (field) =>
            html`<dt>${fieldLabel(field)}</dt>
              <dd>${fieldValue(field)}</dd>`,
        )}
      </dl>
      ${storedAs === undefined || storedAs.length === 0 ? '' : html`<p class="keys">${storedAs.join(' · ')}</p>`}
    </details>`;
  }

  #copy = (sections: readonly RecordSection[]): void =>
    void attempt(() => navigator.clipboard.writeText(JSON.stringify({ sections }, null, 2)), msg('Copied.'));
}

customElements.define('vant-server-records-page', ServerRecordsPage);
