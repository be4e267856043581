/** `<vant-emoji-picker @pick=${(event) => event.detail}>`: all emoji, with search, skin tones and those used last. Loaded with its data
 * when it is first opened. */
import { msg } from '@lit/localize';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { base, focusRing, scrollArea } from '../styles/shared.ts';
import { loadEmoji, rememberEmoji, recentEmoji, readSkinTone, writeSkinTone, type Emoji } from './emoji-data.ts';
import './spinner.ts';
import type { TextField } from './text-field.ts';
import './text-field.ts';

const COLUMNS = 8;
const MAX_FOUND = 120;
/** One hand in all tones. */
const TONES = ['✋', '✋🏻', '✋🏼', '✋🏽', '✋🏾', '✋🏿'];

interface Group {
  readonly label: string;
  readonly sign: string;
  readonly emoji: readonly Emoji[];
}

export class EmojiPicker extends LitElement {
  static override properties = {
    all: { state: true },
    query: { state: true },
    tone: { state: true },
    group: { state: true },
    failed: { state: true },
  };
  static override styles = [
    base,
    focusRing,
    scrollArea,
    css`
      :host {
        display: grid;
        grid-template-rows: auto auto minmax(0, 1fr);
        width: min(22rem, 100vw - 1rem);
        height: min(24rem, 60dvh);
        color: var(--color-text);
        background: var(--color-raised);
      }
      .search {
        display: flex;
        gap: var(--space-2);
        padding: var(--space-3) var(--space-3) var(--space-2);
      }
      vant-text-field {
        flex: 1;
      }
      .tabs {
        display: flex;
        padding: 0 var(--space-2);
        border-bottom: 1px solid var(--color-line);
      }
      button {
        display: grid;
        place-items: center;
        height: 2.25rem;
        padding: 0;
        border: 0;
        border-radius: var(--radius-s);
        font: 1.375rem/1 var(--font);
        color: inherit;
        background: none;
        cursor: pointer;
        outline-offset: -2px;
      }
      button:hover,
      .grid button:focus {
        background: var(--color-hover);
      }
      .tabs button {
        flex: 1;
        border-radius: 0;
        border-bottom: 2px solid transparent;
        font-size: 1rem;
      }
      .tabs button[aria-selected='true'] {
        border-bottom-color: var(--color-accent);
      }
      .tone {
        flex: none;
        width: 2.5rem;
        height: 2.5rem;
      }
      .scroll {
        padding: var(--space-2);
      }
      .row {
        display: grid;
        grid-template-columns: repeat(8, 1fr);
      }
      .message {
        display: grid;
        place-items: center;
        padding: var(--space-5);
        color: var(--color-text-soft);
      }
    `,
  ];

  declare all: readonly Emoji[] | undefined;
  declare query: string;
  declare tone: number;
  declare group: number;
  declare failed: boolean;

  constructor() {
    super();
    this.query = '';
    this.tone = readSkinTone();
    this.group = -1;
    this.failed = false;
    void this.#load();
  }

  override focus(): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<TextField>('vant-text-field')?.focus());
  }

  protected override render(): TemplateResult {
    const groups = this.#groups();
    const chosen = groups[this.group === -1 ? (groups[0]?.emoji.length === 0 ? 1 : 0) : this.group] ?? groups[1];
    const shown = this.query.trim() === '' ? (chosen?.emoji ?? []) : this.#find();
    return html`<div class="search" @keydown=${this.#onSearchKey}>
        <vant-text-field
          type="search"
          icon="search"
          label=${msg('Search emoji')}
          label-hidden
          placeholder=${msg('Search emoji')}
          .value=${this.query}
          @input-change=${({ detail }: CustomEvent<string>) => (this.query = detail)}
        ></vant-text-field>
        <button
          class="tone"
          type="button"
          aria-label=${msg('Skin tone')}
          title=${msg('Skin tone')}
          @click=${this.#nextTone}
        >
          ${TONES[this.tone]}
        </button>
      </div>
      <div class="tabs" role="tablist" aria-label=${msg('Kinds of emoji')} @keydown=${this.#onTabKey}>
        ${groups.map(
          (group, index) =>
            html`<button
              type="button"
              role="tab"
              aria-selected=${String(group === chosen && this.query === '')}
              aria-label=${group.label}
              title=${group.label}
              tabindex=${group === chosen ? 0 : -1}
              @click=${() => this.#choose(index)}
            >
              ${group.sign}
            </button>`,
        )}
      </div>
      <div class="scroll">${this.#renderShown(shown)}</div>`;
  }

  #renderShown(shown: readonly Emoji[]): TemplateResult {
    if (this.failed) return html`<div class="message" role="alert">${msg('The emoji could not be loaded.')}</div>`;
    if (this.all === undefined)
      return html`<div class="message"><vant-spinner label=${msg('Loading')}></vant-spinner></div>`;
    if (shown.length === 0) return html`<div class="message" role="status">${msg('Nothing found')}</div>`;
    const rows = Array.from({ length: Math.ceil(shown.length / COLUMNS) }, (_, row) =>
      shown.slice(row * COLUMNS, (row + 1) * COLUMNS),
    );
    return html`<div class="grid" role="grid" aria-label=${msg('Emoji')} @keydown=${this.#onGridKey}>
      ${rows.map(
        (row, index) =>
          html`<div class="row" role="row">
            ${row.map(
              (emoji, column) =>
                html`<div role="gridcell">
                  <button
                    type="button"
                    tabindex=${index === 0 && column === 0 ? 0 : -1}
                    aria-label=${emoji.annotation}
                    title=${emoji.annotation}
                    @click=${() => this.#pick(emoji)}
                  >
                    ${this.#toned(emoji)}
                  </button>
                </div>`,
            )}
          </div>`,
      )}
    </div>`;
  }

  async #load(): Promise<void> {
    try {
      this.all = await loadEmoji(document.documentElement.lang);
    } catch {
      this.failed = true;
    }
  }

  #groups(): Group[] {
    const all = this.all ?? [];
    const of = (...numbers: number[]): Emoji[] => all.filter(({ group }) => numbers.includes(group));
    const recent = recentEmoji();
    return [
      {
        label: msg('Used last'),
        sign: '🕘',
        emoji: all
          .filter(({ emoji }) => recent.includes(emoji))
          .sort((a, b) => recent.indexOf(a.emoji) - recent.indexOf(b.emoji)),
      },
      { label: msg('Faces'), sign: '😀', emoji: of(0) },
      { label: msg('People'), sign: '👋', emoji: of(1) },
      { label: msg('Animals and nature'), sign: '🐻', emoji: of(3) },
      { label: msg('Food and drink'), sign: '🍎', emoji: of(4) },
      { label: msg('Places'), sign: '🏠', emoji: of(5) },
      { label: msg('Activities'), sign: '⚽', emoji: of(6) },
      { label: msg('Things'), sign: '💡', emoji: of(7) },
      { label: msg('Signs and flags'), sign: '❤️', emoji: of(8, 9) },
    ];
  }

  /** Every word has to begin one of the emoji's. */
  #find(): Emoji[] {
    const words = this.query
      .toLocaleLowerCase()
      .split(/[\s_]+/u)
      .filter(Boolean);
    const fits = ({ words: known }: Emoji): boolean =>
      words.every((word) => known.some((each) => each.startsWith(word)));
    return (this.all ?? []).filter((emoji) => emoji.emoji === this.query.trim() || fits(emoji)).slice(0, MAX_FOUND);
  }

  #toned({ emoji, skins }: Emoji): string {
    return (this.tone === 0 ? undefined : skins[this.tone - 1]) ?? emoji;
  }

  #pick(emoji: Emoji): void {
    rememberEmoji(emoji.emoji);
    this.dispatchEvent(new CustomEvent('pick', { detail: this.#toned(emoji) }));
  }

  #choose(group: number): void {
    this.query = '';
    this.group = group;
    this.renderRoot.querySelector('.scroll')?.scrollTo(0, 0);
  }

  #nextTone = (): void => {
    this.tone = (this.tone + 1) % TONES.length;
    writeSkinTone(this.tone);
  };

  #onSearchKey = (event: KeyboardEvent): void => {
    const first = this.renderRoot.querySelector<HTMLElement>('.grid button');
    if (event.key === 'ArrowDown') first?.focus();
    else if (event.key === 'Enter' && this.query !== '') first?.click();
    else return;
    event.preventDefault();
  };

  #onTabKey = (event: KeyboardEvent): void => {
    const direction = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (direction === undefined) return;
    const tabs = [...this.renderRoot.querySelectorAll<HTMLElement>('[role=tab]')];
    const next = (tabs.findIndex((tab) => tab.tabIndex === 0) + direction + tabs.length) % tabs.length;
    this.#choose(next);
    tabs[next]?.focus();
    event.preventDefault();
  };

  #onGridKey = (event: KeyboardEvent): void => {
    const buttons = [...this.renderRoot.querySelectorAll<HTMLElement>('.grid button')];
    const at = buttons.indexOf((this.renderRoot as ShadowRoot).activeElement as HTMLElement);
    const next = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + COLUMNS,
      ArrowUp: at - COLUMNS,
      Home: 0,
      End: buttons.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (next < 0) this.focus();
    else buttons[next]?.focus();
  };
}

customElements.define('vant-emoji-picker', EmojiPicker);
