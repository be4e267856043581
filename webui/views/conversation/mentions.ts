/** Whom an @ at the cursor may mean: a list above the field. Loaded where somebody can be mentioned. */
import { msg } from '@lit/localize';
import { html, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { parseAccountId, type AccountId } from '../../../wire/ids.ts';
import '../../components/avatar.ts';
import { placeBeside } from '../../components/place.ts';

const MAX_CANDIDATES = 8;

interface Candidate {
  readonly accountId: string;
  readonly name: string;
}

export interface MentionQuery {
  /** Where the @ stands. */
  readonly start: number;
  readonly text: string;
}

export interface MentionHost extends ReactiveControllerHost {
  readonly renderRoot: ParentNode;
  readonly area: HTMLTextAreaElement | null;
  /** Account ids that may be mentioned. */
  readonly members: readonly string[];
  nameOf(accountId: string): string;
  /** What stands between the two places becomes a mention. */
  insertMention(start: number, end: number, name: string, accountId: AccountId): void;
}

export class Mentions implements ReactiveController {
  readonly #host: MentionHost;
  #query: MentionQuery | undefined;
  #chosen = 0;

  constructor(host: MentionHost) {
    this.#host = host;
    host.addController(this);
  }

  hostUpdated(): void {
    this.#place();
  }

  /** The id of the line that Enter takes, or undefined while there is no list. */
  get chosenId(): string | undefined {
    return this.#candidates().length === 0 ? undefined : `candidate-${this.#chosen}`;
  }

  /** The cursor or the text has moved. */
  find(): void {
    const { area, members } = this.#host;
    if (area === null) return;
    const isOne = members.length > 0 && area.selectionStart === area.selectionEnd;
    const found = isOne ? findMentionQuery(area.value, area.selectionStart) : undefined;
    if (found?.start === this.#query?.start && found?.text === this.#query?.text) return;
    this.#chosen = 0;
    this.#query = found;
    this.#host.requestUpdate();
  }

  /** Gives whether there was something to close. */
  close(): boolean {
    if (this.#query === undefined) return false;
    this.#query = undefined;
    this.#host.requestUpdate();
    return true;
  }

  /** While the list is open, some keys are its own. */
  takeKey(event: KeyboardEvent): boolean {
    const candidates = this.#candidates();
    const candidate = candidates[this.#chosen];
    if (candidate === undefined) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) this.#chosen = (this.#chosen + step + candidates.length) % candidates.length;
    else if (event.key === 'Enter' || event.key === 'Tab') this.#insert(candidate);
    else return false;
    event.preventDefault();
    this.#host.requestUpdate();
    return true;
  }

  render(): TemplateResult {
    return html`<div id="mentions" class="mentions" popover="manual" role="listbox" aria-label=${msg('Members')}>
      ${this.#candidates().map((candidate, index) => this.#renderCandidate(candidate, index))}
    </div>`;
  }

  #renderCandidate(candidate: Candidate, index: number): TemplateResult {
    return html`<div
      class="candidate"
      id="candidate-${index}"
      role="option"
      aria-selected=${String(index === this.#chosen)}
      @pointerdown=${(event: Event) => {
        event.preventDefault();
        this.#insert(candidate);
      }}
    >
      <vant-avatar size="xs" name=${candidate.name} identity=${candidate.accountId}></vant-avatar>
      <span>${candidate.name}</span>
    </div>`;
  }

  #candidates(): Candidate[] {
    if (this.#query === undefined) return [];
    const wanted = this.#query.text.toLocaleLowerCase();
    return this.#host.members
      .map((accountId) => ({ accountId, name: this.#host.nameOf(accountId) }))
      .filter(({ name }) =>
        name
          .toLocaleLowerCase()
          .split(/\s+/u)
          .some((word) => word.startsWith(wanted)),
      )
      .slice(0, MAX_CANDIDATES);
  }

  #insert({ accountId, name }: Candidate): void {
    const query = this.#query;
    if (query === undefined) return;
    this.close();
    this.#host.insertMention(query.start, query.start + 1 + query.text.length, name, parseAccountId(accountId));
  }

  #place(): void {
    const list = this.#host.renderRoot.querySelector<HTMLElement>('#mentions');
    const { area } = this.#host;
    if (list === null || area === null) return;
    if (this.chosenId === undefined) {
      if (list.matches(':popover-open')) list.hidePopover();
      return;
    }
    list.showPopover();
    placeBeside(list, area.getBoundingClientRect(), { align: 'start', gapPx: 8, isAbove: true });
    list.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }
}

/** What follows an @ at the cursor, as long as it may become a mention. */
export function findMentionQuery(text: string, cursor: number): MentionQuery | undefined {
  const match = /(?:^|[\s(])@([\p{L}\p{N}_.-]{0,30})$/u.exec(text.slice(0, cursor));
  if (match === null) return undefined;
  const query = match[1] ?? '';
  return { start: cursor - query.length - 1, text: query };
}
