/** Where one writes. The text is kept as a draft, per conversation, until it is sent. */
import { msg, str } from '@lit/localize';
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { StoredMessage } from '../../../client/conversations/history.ts';
import type { TextRange } from '../../../client/conversations/text-range.ts';
import type { AccountId } from '../../../wire/ids.ts';
import type { AppContext } from '../../app/context.ts';
import { isShortcut } from '../../app/shortcuts.ts';
import '../../components/icon-button.ts';
import { placeBeside } from '../../components/place.ts';
import { concealSpoilers } from '../../notifications/conceal-spoilers.ts';
import { onBeforeReload } from '../../platform/updates.ts';
import { attempt } from '../../state/notices.ts';
import { ViewElement } from '../../state/watch.ts';
import { base, focusRing, scrollArea } from '../../styles/shared.ts';
import { markOf, parseMarks, toMarks } from '../../text/marks.ts';
import { subjectOf } from '../conversations/describe.ts';
import { composerStyles } from './composer-styles.ts';
import { moveRanges } from './draft-text.ts';
import type { MentionHost, Mentions } from './mentions.ts';

/** UTF-16 units. Some scripts take three bytes for one, and the relay takes 64 KiB. */
export const MAX_TEXT_UNITS = 16_000;
const COUNT_FROM = MAX_TEXT_UNITS - 1000;
const DRAFT_DELAY_MS = 300;
const STYLE_KEYS = ['bold', 'italic', 'strikethrough', 'monospace', 'spoiler'] as const;

export class Composer extends ViewElement implements MentionHost {
  static override properties = {
    context: { attribute: false },
    conversation: {},
    members: { attribute: false },
    replyTo: { attribute: false },
    editOf: { attribute: false },
    text: { state: true },
    isEmojiShown: { state: true },
  };
  static override styles = [base, focusRing, scrollArea, composerStyles];

  declare context: AppContext;
  declare conversation: string;
  /** Account ids that may be mentioned. */
  declare members: readonly string[];
  declare replyTo: StoredMessage | undefined;
  declare editOf: StoredMessage | undefined;
  declare text: string;
  declare isEmojiShown: boolean;
  #ranges: readonly TextRange[] = [];
  #mentions: Mentions | undefined;
  #stopSaving: () => void = () => undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<unknown> = Promise.resolve();
  #loaded: string | undefined;

  constructor() {
    super();
    this.members = [];
    this.text = '';
    this.isEmojiShown = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('pagehide', this.#saveNow);
    this.#stopSaving = onBeforeReload(() => this.#save());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('pagehide', this.#saveNow);
    this.#stopSaving();
    this.#saveNow();
  }

  override focus(): void {
    this.area?.focus();
  }

  get isEmpty(): boolean {
    return this.text.trim() === '';
  }

  /** Leaves what was begun. Gives whether there was something. */
  cancel(): boolean {
    if (this.isEmojiShown) {
      this.#closeEmoji();
      return true;
    }
    if (this.#mentions?.close() === true) return true;
    if (this.editOf === undefined && this.replyTo === undefined) return false;
    if (this.editOf !== undefined) this.#setText('', []);
    this.#tell('about-change', undefined);
    return true;
  }

  /** At the cursor, as if it had been typed. */
  insert(text: string): void {
    const area = this.area;
    if (area === null) return;
    area.setRangeText(text, area.selectionStart, area.selectionEnd, 'end');
    this.#onInput();
  }

  get area(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea');
  }

  nameOf(accountId: string): string {
    return this.context.state.directory.nameOf(accountId);
  }

  insertMention(start: number, end: number, name: string, mention: AccountId): void {
    const shown = `@${name}`;
    const next = `${this.text.slice(0, start)}${shown} ${this.text.slice(end)}`;
    const moved = moveRanges(this.#ranges, this.text, next);
    this.#setText(next, [...moved, { start, length: shown.length, mention }]);
    const cursor = start + shown.length + 1;
    void this.updateComplete.then(() => this.area?.setSelectionRange(cursor, cursor));
    this.#saveLater();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('members') && this.members.length > 0) void this.#loadMentions();
    if (changed.has('conversation')) void this.#loadDraft();
    if (changed.has('editOf') && this.editOf !== undefined) {
      const { text, ranges } = toMarks({ text: this.editOf.text, ranges: this.editOf.ranges ?? [] });
      this.#setText(text, ranges);
    }
    if ((changed.has('editOf') || changed.has('replyTo')) && this.hasUpdated) {
      if (this.editOf !== undefined || this.replyTo !== undefined) void this.updateComplete.then(() => this.focus());
      this.#saveLater();
    }
  }

  protected override updated(): void {
    this.#grow();
  }

  protected override render(): TemplateResult {
    const chosenId = this.#mentions?.chosenId;
    const isOver = this.text.length > MAX_TEXT_UNITS;
    return html`<div class="box">
        ${this.#renderAbout()}
        <div class="line">
          <vant-icon-button
            icon="smile"
            label=${msg('Emoji')}
            popup="dialog"
            .isExpanded=${this.isEmojiShown}
            @click=${this.#toggleEmoji}
          ></vant-icon-button>
          <textarea
            rows="1"
            aria-label=${msg('Message')}
            placeholder=${msg('Message')}
            enterkeyhint="send"
            autocapitalize="sentences"
            role=${chosenId === undefined ? nothing : 'combobox'}
            aria-expanded=${chosenId === undefined ? nothing : 'true'}
            aria-controls=${chosenId === undefined ? nothing : 'mentions'}
            aria-activedescendant=${chosenId ?? nothing}
            dir="auto"
            .value=${live(this.text)}
            @input=${this.#onInput}
            @keydown=${this.#onKey}
            @blur=${this.#saveNow}
            @selectionchange=${() => this.#mentions?.find()}
          ></textarea>
          ${this.#renderCount(isOver)}
          <vant-icon-button
            icon=${this.editOf === undefined ? 'send-horizontal' : 'check'}
            label=${this.editOf === undefined ? msg('Send') : msg('Save')}
            variant="primary"
            ?disabled=${this.isEmpty || isOver}
            @click=${this.#send}
          ></vant-icon-button>
        </div>
      </div>
      ${this.#mentions?.render()}
      <div class="emoji" popover="auto" @toggle=${this.#onEmojiToggle}>
        ${
          this.isEmojiShown
            ? html`<vant-emoji-picker
                @pick=${({ detail }: CustomEvent<string>) => this.insert(detail)}
              ></vant-emoji-picker>`
            : nothing
        }
      </div>`;
  }

  #renderAbout(): TemplateResult | typeof nothing {
    const about = this.editOf ?? this.replyTo;
    if (about === undefined) return nothing;
    const name = subjectOf(this.context.state, about.author);
    return html`<div class="about">
      <div>
        <b>${this.editOf === undefined ? msg(str`Reply to ${name}`) : msg('Edit message')}</b>
        <span dir="auto">${concealSpoilers(about)}</span>
      </div>
      <vant-icon-button size="small" icon="x" label=${msg('Cancel')} @click=${() => this.cancel()}></vant-icon-button>
    </div>`;
  }

  #renderCount(isOver: boolean): TemplateResult | typeof nothing {
    if (this.text.length < COUNT_FROM) return nothing;
    return html`<span class="count ${isOver ? 'over' : ''}" role="status">${MAX_TEXT_UNITS - this.text.length}</span>`;
  }

  #setText(text: string, ranges: readonly TextRange[]): void {
    this.text = text;
    this.#ranges = ranges;
  }

  #onInput = (): void => {
    const text = this.area?.value ?? '';
    this.#ranges = moveRanges(this.#ranges, this.text, text);
    this.text = text;
    this.#mentions?.find();
    this.#saveLater();
    void this.context.engine.client.sendTyping(this.conversation, text !== '').catch(() => undefined);
  };

  #onKey = (event: KeyboardEvent): void => {
    // While an input method composes, Enter chooses a word. Safari says so by the code 229 only.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing newer says it there.
    if (event.isComposing || event.keyCode === 229) return;
    if (this.#mentions?.takeKey(event) === true) return;
    const style = STYLE_KEYS.find((each) => isShortcut(each, event));
    if (style !== undefined) {
      event.preventDefault();
      this.#wrap(markOf(style));
    } else if (isShortcut('emoji', event)) {
      event.preventDefault();
      this.#toggleEmoji();
    } else if (event.key === 'Enter' && !event.shiftKey && !hasOnlyTouch()) {
      event.preventDefault();
      this.#send();
    } else if (isShortcut('editLast', event) && this.text === '') {
      event.preventDefault();
      // What has just been sent is the last one, as soon as it is stored.
      void this.#sending.then(() => this.#tell('edit-last'));
    }
  };

  /** Puts marks around what is selected, or takes them away. */
  #wrap(mark: string): void {
    const area = this.area;
    if (area === null) return;
    const { selectionStart: start, selectionEnd: end, value } = area;
    const isWrapped = value.slice(start - mark.length, start) === mark && value.slice(end, end + mark.length) === mark;
    const selected = value.slice(start, end);
    if (isWrapped) area.setRangeText(selected, start - mark.length, end + mark.length);
    else area.setRangeText(mark + selected + mark, start, end);
    const shift = isWrapped ? -mark.length : mark.length;
    area.setSelectionRange(start + shift, end + shift);
    this.#onInput();
  }

  #send = (): void => {
    this.#sending = this.#sendText();
  };

  async #sendText(): Promise<void> {
    const { editOf, replyTo, text, context, conversation } = this;
    const ranges = this.#ranges;
    if (this.isEmpty || text.length > MAX_TEXT_UNITS) return;
    const parsed = parseMarks(text, ranges);
    if (parsed.text === '') return;
    this.#setText('', []);
    this.#mentions?.close();
    this.#tell('about-change', undefined);
    clearTimeout(this.#timer);
    const { client } = context.engine;
    const isDone = await attempt(async () => {
      const { ranges } = parsed;
      if (editOf === undefined)
        await client.sendText(conversation, parsed.text, { ranges, isDraft: true, ...quoteOf(replyTo) });
      else {
        await client.editMessage(editOf.historyKey, parsed.text, { ranges });
        await client.setDraft(conversation, undefined);
      }
    });
    if (isDone && editOf === undefined) this.#tell('sent');
    // What was written is not lost because it could not be sent.
    else if (!isDone && this.text === '' && this.conversation === conversation) {
      this.#setText(text, ranges);
      this.#tell('about-change', { replyTo, editOf });
    }
  }

  async #loadMentions(): Promise<void> {
    const { Mentions } = await import('./mentions.ts');
    this.#mentions ??= new Mentions(this);
    this.#mentions.find();
  }

  async #loadDraft(): Promise<void> {
    const { conversation, context } = this;
    this.#saveNow();
    this.#setText('', []);
    this.#mentions?.close();
    const { client } = context.engine;
    const { draft } = await client.conversation(conversation).catch(() => ({ draft: undefined }));
    if (this.conversation !== conversation) return;
    this.#loaded = conversation;
    if (draft === undefined) return;
    const [replyTo, editOf] = await Promise.all([
      draft.quoteOf === undefined ? undefined : client.message(draft.quoteOf),
      draft.editOf === undefined ? undefined : client.message(draft.editOf),
    ]);
    if (this.conversation !== conversation) return;
    this.#tell('about-change', { replyTo, editOf });
    await this.updateComplete;
    if (this.text === '' || editOf !== undefined) this.#setText(draft.text, draft.ranges ?? []);
  }

  #saveLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#saveNow, DRAFT_DELAY_MS);
  }

  #saveNow = (): void => void this.#save();

  async #save(): Promise<void> {
    if (this.#timer === undefined || this.#loaded === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { text, replyTo, editOf } = this;
    const isEmpty = text.trim() === '' && replyTo === undefined;
    const draft = {
      text,
      ...(this.#ranges.length === 0 ? {} : { ranges: this.#ranges }),
      ...(replyTo === undefined ? {} : { quoteOf: replyTo.historyKey }),
      ...(editOf === undefined ? {} : { editOf: editOf.historyKey }),
    };
    await this.context.engine.client.setDraft(this.#loaded, isEmpty ? undefined : draft).catch(() => undefined);
  }

  /** For browsers that do not size a field by what is in it. */
  #grow(): void {
    const area = this.area;
    if (area === null || CSS.supports('field-sizing', 'content')) return;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight}px`;
  }

  #toggleEmoji = (): void => {
    if (this.isEmojiShown) {
      this.#closeEmoji();
      return;
    }
    void import('../../components/emoji-picker.ts').then(async () => {
      this.isEmojiShown = true;
      await this.updateComplete;
      const panel = this.renderRoot.querySelector<HTMLElement>('.emoji');
      const area = this.area;
      if (panel === null || area === null) return;
      panel.showPopover();
      placeBeside(panel, area.getBoundingClientRect(), { align: 'start', gapPx: 12, isAbove: true });
      panel.querySelector<HTMLElement>('vant-emoji-picker')?.focus();
    });
  };

  #closeEmoji(): void {
    this.renderRoot.querySelector<HTMLElement>('.emoji')?.hidePopover();
  }

  #onEmojiToggle = ({ newState }: ToggleEvent): void => {
    if (newState === 'open') return;
    this.isEmojiShown = false;
    this.focus();
  };

  #tell(name: 'sent' | 'edit-last' | 'about-change', detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

const quoteOf = (message: StoredMessage | undefined): { quote?: Pick<StoredMessage, 'author' | 'id' | 'text'> } =>
  message === undefined ? {} : { quote: { author: message.author, id: message.id, text: message.text } };

/** On a phone, Enter makes a new line: the button sends. */
const hasOnlyTouch = (): boolean => matchMedia('(pointer: coarse) and (hover: none)').matches;

customElements.define('vant-composer', Composer);
