/** `<vant-start-card heading="Welcome" step="1" steps="3">…</vant-start-card>`: one thing at a time, in the middle of the window, before there
 * is anything else to show. */
import { msg, str } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base, prose } from '../styles/shared.ts';

export class StartCard extends LitElement {
  static override properties = { heading: {}, step: { type: Number }, steps: { type: Number } };
  static override styles = [
    base,
    prose,
    css`
      :host {
        display: grid;
        place-items: safe center;
        height: 100%;
        overflow-y: auto;
        padding: var(--space-5) var(--space-4);
        background: var(--color-sidebar);
      }
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-5);
        width: min(27rem, 100%);
        padding: var(--space-6);
        border-radius: var(--radius-l);
        background: var(--color-raised);
        box-shadow: var(--shadow-2);
      }
      header {
        display: grid;
        justify-items: center;
        gap: var(--space-3);
        text-align: center;
      }
      img {
        width: 3.5rem;
        height: 3.5rem;
      }
      .lead {
        color: var(--color-text-soft);
        text-wrap: balance;
      }
      .content {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-4);
      }
      .steps {
        display: flex;
        gap: var(--space-2);
      }
      .steps i {
        width: 1.75rem;
        height: 0.25rem;
        border-radius: var(--radius-full);
        background: var(--color-pressed);
      }
      .steps i.done {
        background: var(--color-accent);
      }
      @media (width < 30rem) {
        :host {
          padding: 0;
          background: var(--color-raised);
        }
        main {
          padding: var(--space-5) var(--space-4);
          box-shadow: none;
        }
      }
    `,
  ];

  declare heading: string;
  declare step: number | undefined;
  declare steps: number | undefined;

  protected override render(): TemplateResult {
    return html`<main>
      <header>
        ${this.#renderSteps()}
        <slot name="picture"><img src="/icon.svg" alt="" /></slot>
        <h1>${this.heading}</h1>
        <div class="lead"><slot name="lead"></slot></div>
      </header>
      <div class="content"><slot></slot></div>
    </main>`;
  }

  #renderSteps(): TemplateResult | typeof nothing {
    const { step, steps } = this;
    if (step === undefined || steps === undefined) return nothing;
    return html`<div class="steps" role="img" aria-label=${msg(str`Step ${step} of ${steps}`)}>
      ${Array.from({ length: steps }, (_, index) => html`<i class=${index < step ? 'done' : ''}></i>`)}
    </div>`;
  }
}

customElements.define('vant-start-card', StartCard);
