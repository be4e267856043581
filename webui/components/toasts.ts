/** `<vant-toasts .items=${[…]} @dismiss=${(event) => event.detail} @act=${…}>`: short news that goes away by itself. */
import { msg } from '@lit/localize';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { base, focusRing } from '../styles/shared.ts';
import './icon-button.ts';

export interface Toast {
  readonly id: string;
  readonly text: string;
  /** What can be done about it, such as "Undo"; gives `act` with the id. */
  readonly action?: string;
  readonly tone?: 'info' | 'danger';
}

const SHOWN_MS = 6000;

export class Toasts extends LitElement {
  static override properties = { items: { attribute: false } };
  static override styles = [
    base,
    focusRing,
    css`
      :host {
        position: fixed;
        z-index: 10;
        inset: auto 0 calc(env(safe-area-inset-bottom) + var(--space-4));
        display: grid;
        justify-items: center;
        gap: var(--space-2);
        padding: 0 var(--space-4);
        pointer-events: none;
      }
      .toast {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        max-width: 30rem;
        padding: var(--space-1) var(--space-1) var(--space-1) var(--space-4);
        border-radius: var(--radius-m);
        font-size: var(--text-s);
        color: var(--color-text);
        background: var(--color-raised);
        box-shadow: var(--shadow-3);
        pointer-events: auto;
        animation: appear var(--duration) var(--ease);
      }
      .toast.danger {
        color: var(--color-danger-text);
      }
      .act {
        min-height: 2rem;
        padding: 0 var(--space-3);
        border: 0;
        border-radius: var(--radius-s);
        font: inherit;
        font-weight: var(--weight-bold);
        color: var(--color-accent-text);
        background: none;
        cursor: pointer;
      }
      @keyframes appear {
        from {
          opacity: 0;
          transform: translateY(8px);
        }
      }
    `,
  ];

  declare items: readonly Toast[];
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor() {
    super();
    this.items = [];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('items')) return;
    for (const { id } of this.items) {
      if (!this.#timers.has(id))
        this.#timers.set(
          id,
          setTimeout(() => this.#dismiss(id), SHOWN_MS),
        );
    }
  }

  /** The region is there before anything is in it: only then do screen readers notice what comes. */
  protected override render(): TemplateResult {
    return html`<div role="status" aria-live="polite">
      ${repeat(
        this.items,
        ({ id }) => id,
        ({ id, text, action, tone }) =>
          html`<div class="toast ${tone ?? 'info'}">
            <span>${text}</span>
            ${action === undefined ? nothing : html`<button class="act" type="button" @click=${() => this.#act(id)}>${action}</button>`}
            <vant-icon-button
              size="small"
              icon="x"
              label=${msg('Dismiss')}
              @click=${() => this.#dismiss(id)}
            ></vant-icon-button>
          </div>`,
      )}
    </div>`;
  }

  #act(id: string): void {
    this.dispatchEvent(new CustomEvent('act', { detail: id }));
    this.#dismiss(id);
  }

  #dismiss(id: string): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.dispatchEvent(new CustomEvent('dismiss', { detail: id }));
  }
}

customElements.define('vant-toasts', Toasts);
