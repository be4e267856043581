/** A new version of the app is here and verified: the person says when it is taken. */
import { msg } from '@lit/localize';
import { css, html, nothing, type TemplateResult } from 'lit';
import '../components/banner.ts';
import '../components/button.ts';
import { signal } from '@preact/signals-core';
import { availableUpdate, takeUpdate } from '../platform/updates.ts';
import { ViewElement } from '../state/watch.ts';
import { base } from '../styles/shared.ts';

/** The hash of the version for which somebody has said "later". */
const postponed = signal<string | undefined>(undefined);

export class UpdateBanner extends ViewElement {
  static override properties = { isBusy: { state: true } };
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

  declare isBusy: boolean;

  constructor() {
    super();
    this.isBusy = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    const update = availableUpdate.value;
    if (update === undefined || update.hash === postponed.value) return nothing;
    return html`<vant-banner icon="refresh-cw">
      ${msg('A new version of Vant is here. What you have begun to write stays.')}
      <vant-button slot="actions" variant="quiet" @click=${() => (postponed.value = update.hash)}
        >${msg('Later')}</vant-button
      >
      <vant-button slot="actions" variant="primary" ?busy=${this.isBusy} @click=${this.#take}
        >${msg('Update now')}</vant-button
      >
    </vant-banner>`;
  }

  #take = (): void => {
    this.isBusy = true;
    void takeUpdate();
  };
}

customElements.define('vant-update-banner', UpdateBanner);
