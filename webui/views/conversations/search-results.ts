/** What a search has found: people and groups first, then messages, each a way to where it stands. */
import { msg } from '@lit/localize';
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { AppContext } from '../../app/context.ts';
import '../../components/avatar.ts';
import '../../components/empty-state.ts';
import '../../components/spinner.ts';
import type { HighlightRange, MessageHit, SearchResult } from '../../engine/search/search-api.ts';
import { pathTo } from '../../platform/router.ts';
import { ViewElement } from '../../state/watch.ts';
import { base, focusRing, scrollArea } from '../../styles/shared.ts';
import { formatRecent } from '../../text/when.ts';
import { faceOf, subjectOf, type Face } from './describe.ts';

export class SearchResults extends ViewElement {
  static override properties = { context: { attribute: false }, query: {}, result: { state: true } };
  static override styles = [
    base,
    focusRing,
    scrollArea,
    css`
      :host {
        display: block;
        min-height: 0;
      }
      .scroll {
        height: 100%;
        padding: 0 var(--space-2) var(--space-4);
      }
      h2 {
        margin: var(--space-3) var(--space-2) var(--space-1);
        font-size: var(--text-xs);
        font-weight: var(--weight-bold);
        color: var(--color-text-faint);
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .hit {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        align-items: center;
        gap: 0 var(--space-3);
        padding: var(--space-2);
        border-radius: var(--radius-m);
        color: inherit;
        text-decoration: none;
        outline-offset: -2px;
      }
      .hit:hover {
        background: var(--color-hover);
      }
      .line {
        display: flex;
        gap: var(--space-2);
      }
      .name {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-weight: var(--weight-medium);
      }
      .time {
        font-size: var(--text-xs);
        color: var(--color-text-faint);
      }
      .snippet {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
        font-size: var(--text-s);
        color: var(--color-text-soft);
        overflow-wrap: anywhere;
      }
      mark {
        color: var(--color-text);
        background: var(--color-mark);
        border-radius: 2px;
      }
      .status {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        padding: var(--space-3);
        font-size: var(--text-s);
        color: var(--color-text-soft);
      }
    `,
  ];

  declare context: AppContext;
  declare query: string;
  declare result: SearchResult | undefined;
  #stop: () => void = () => undefined;
  #lastSearch = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = this.context.engine.on('searchProgress', () => void this.#search());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('query')) void this.#search();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { result } = this;
    if (result === undefined) return nothing;
    const self = this.#ownNotes();
    const isEmpty = result.names.length === 0 && result.messages.length === 0 && self === undefined;
    return html`<div
      class="scroll"
      @keydown=${this.#onKey}
      @click=${() => this.dispatchEvent(new CustomEvent('opened'))}
    >
      ${
        result.names.length === 0 && self === undefined
          ? nothing
          : html`<h2>${msg('People')}</h2>
              <ul>
                ${result.names.map(({ accountId, name, highlights }) => {
                  const face = faceOf(this.context.state, accountId);
                  return this.#renderName(pathTo('conversation', accountId), face, highlight(name, highlights));
                })}
                ${self ?? nothing}
              </ul>`
      }
      ${
        result.messages.length === 0
          ? nothing
          : html`<h2>${msg('Messages')}</h2>
              <ul>
                ${result.messages.map((hit) => this.#renderMessage(hit))}
              </ul>`
      }
      ${
        isEmpty && result.isComplete
          ? html`<vant-empty-state icon="search" heading=${msg('Nothing found')}
              >${msg('Try another word.')}</vant-empty-state
            >`
          : nothing
      }
      <div role="status">
        ${
          result.isComplete
            ? nothing
            : html`<div class="status"><vant-spinner></vant-spinner>${msg('Looking through older messages …')}</div>`
        }
      </div>
    </div>`;
  }

  #renderName(href: string, face: Face, name: unknown): TemplateResult {
    return html`<li>
      <a class="hit" href=${href}>${renderAvatar(face)}<span class="name">${name}</span></a>
    </li>`;
  }

  #ownNotes(): TemplateResult | undefined {
    const { state } = this.context;
    const id = state.account.value?.accountId;
    if (id === undefined) return undefined;
    const face = faceOf(state, id);
    const isMeant = face.name.toLocaleLowerCase().includes(this.query.trim().toLocaleLowerCase());
    return isMeant ? this.#renderName(pathTo('conversation', id), face, face.name) : undefined;
  }

  #renderMessage({ message, snippet, highlights }: MessageHit): TemplateResult {
    const { state } = this.context;
    const face = faceOf(state, message.conversation);
    return html`<li>
      <a class="hit" href=${pathTo('conversation', message.conversation, message.historyKey)}>
        ${renderAvatar(face)}
        <div>
          <div class="line">
            <span class="name" dir="auto">${face.name}</span
            ><span class="time">${formatRecent(message.timestamp)}</span>
          </div>
          <div class="snippet">${subjectOf(state, message.author)}: ${highlight(snippet, highlights)}</div>
        </div>
      </a>
    </li>`;
  }

  async #search(): Promise<void> {
    const search = ++this.#lastSearch;
    const result = await this.context.engine.search.search(this.query).catch(() => undefined);
    if (search === this.#lastSearch && result !== undefined) this.result = result;
  }

  #onKey = (event: KeyboardEvent): void => {
    const direction = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    const hits = [...this.renderRoot.querySelectorAll<HTMLElement>('.hit')];
    hits[hits.indexOf((this.renderRoot as ShadowRoot).activeElement as HTMLElement) + direction]?.focus();
  };
}

const renderAvatar = ({ name, identity, picture, pictureType, icon }: Face): TemplateResult =>
  html`<vant-avatar
    size="s"
    name=${name}
    identity=${identity}
    .picture=${picture}
    .pictureType=${pictureType}
    .icon=${icon}
  ></vant-avatar>`;

function highlight(text: string, ranges: readonly HighlightRange[]): unknown[] {
  const parts: unknown[] = [];
  let from = 0;
  for (const [start, end] of ranges) {
    parts.push(text.slice(from, start), html`<mark>${text.slice(start, end)}</mark>`);
    from = end;
  }
  return [...parts, text.slice(from)];
}

customElements.define('vant-search-results', SearchResults);
