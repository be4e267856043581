/** Something that a page asks for when it opens, and may ask for again. */
import { batch, signal } from '@preact/signals-core';
import { msg } from '@lit/localize';
import { html, type TemplateResult } from 'lit';
import '../components/banner.ts';
import '../components/button.ts';
import '../components/spinner.ts';
import { errorText } from '../i18n/error-texts.ts';

export class Resource<T> {
  readonly #value = signal<T | undefined>(undefined);
  readonly #error = signal<unknown>(undefined);
  readonly #fetch: () => Promise<T>;
  #lastCall = 0;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  get value(): T | undefined {
    return this.#value.value;
  }

  /** What was there stays until the answer comes. Of several calls the last one counts. */
  async load(): Promise<void> {
    const call = ++this.#lastCall;
    try {
      const value = await this.#fetch();
      if (call === this.#lastCall) this.set(value);
    } catch (error) {
      if (call === this.#lastCall) this.#error.value = error;
    }
  }

  set(value: T): void {
    batch(() => {
      this.#value.value = value;
      this.#error.value = undefined;
    });
  }

  /** The value, or that it is on its way, or why it is not there and how to try again. */
  render(show: (value: T) => TemplateResult): TemplateResult {
    const value = this.#value.value;
    const failure = this.#error.value === undefined ? '' : this.#renderError(this.#error.value);
    if (value !== undefined) return html`${failure}${show(value)}`;
    return failure === '' ? html`<p role="status"><vant-spinner label=${msg('Loading')}></vant-spinner></p>` : failure;
  }

  #renderError(error: unknown): TemplateResult {
    return html`<vant-banner tone="danger">
      ${errorText(error)}
      <vant-button slot="actions" @click=${() => void this.load()}>${msg('Try again')}</vant-button>
    </vant-banner>`;
  }
}
