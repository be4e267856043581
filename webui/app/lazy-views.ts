/** Pages that are loaded when they are shown for the first time. */
import { msg } from '@lit/localize';
import { signal } from '@preact/signals-core';
import { html, type TemplateResult } from 'lit';
import { showError } from '../state/notices.ts';

export class LazyViews<Name extends string> {
  readonly #loaders: Readonly<Record<Name, () => Promise<unknown>>>;
  readonly #loaded = signal<ReadonlySet<Name>>(new Set());
  readonly #loading = new Set<Name>();

  constructor(loaders: Readonly<Record<Name, () => Promise<unknown>>>) {
    this.#loaders = loaders;
  }

  /** The page, or that it is on its way. */
  show(name: Name, page: TemplateResult): TemplateResult {
    if (this.#loaded.value.has(name)) return page;
    if (!this.#loading.has(name)) void this.#load(name);
    return html`<p class="wait" role="status"><vant-spinner label=${msg('Loading')}></vant-spinner></p>`;
  }

  async #load(name: Name): Promise<void> {
    this.#loading.add(name);
    try {
      await this.#loaders[name]();
      this.#loaded.value = new Set([...this.#loaded.value, name]);
    } catch (error) {
      // The server has a newer version whose files are called otherwise: a reload brings it.
      showError(error);
    } finally {
      this.#loading.delete(name);
    }
  }
}
