/** `<vant-dialog heading="Invite" ?open=${…} @close=${…}>`: asks or shows something before anything else. The browser's own
 * dialog keeps the focus inside and gives it back. Buttons in `slot="actions"`. */
import { msg } from '@lit/localize';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { base, focusRing, prose, scrollArea } from '../styles/shared.ts';
import './icon-button.ts';

export class Dialog extends LitElement {
  static override properties = {
    heading: {},
    isOpen: { type: Boolean, attribute: 'open' },
    size: { reflect: true },
    /** Has no cross and does not go away by a click beside it: an answer is needed. */
    isModalOnly: { type: Boolean, attribute: 'modal-only' },
  };
  static override styles = [
    base,
    focusRing,
    prose,
    scrollArea,
    css`
      dialog {
        display: none;
        grid-template-rows: auto 1fr auto;
        width: min(28rem, 100vw - var(--space-5));
        max-width: none;
        max-height: min(44rem, 100dvh - var(--space-5));
        padding: 0;
        border: 0;
        border-radius: var(--radius-l);
        color: var(--color-text);
        background: var(--color-raised);
        box-shadow: var(--shadow-3);
        overflow: hidden;
      }
      dialog[open] {
        display: grid;
        animation: appear var(--duration) var(--ease);
      }
      dialog::backdrop {
        background: var(--color-scrim);
        animation: fade var(--duration);
      }
      :host([size='large']) dialog {
        width: min(40rem, 100vw - var(--space-5));
      }
      header {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        min-height: 3.5rem;
        padding: var(--space-2) var(--space-2) 0 var(--space-5);
      }
      header h2 {
        flex: 1;
      }
      .content {
        padding: var(--space-2) var(--space-5) var(--space-5);
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: var(--space-2);
        padding: 0 var(--space-5) var(--space-5);
      }
      footer:not(.used) {
        display: none;
      }
      @keyframes appear {
        from {
          opacity: 0;
          transform: translateY(8px) scale(0.98);
        }
      }
      @keyframes fade {
        from {
          opacity: 0;
        }
      }
      @media (width < 30rem) {
        dialog {
          width: 100vw;
          margin-bottom: 0;
          border-radius: var(--radius-l) var(--radius-l) 0 0;
          padding-bottom: env(safe-area-inset-bottom);
        }
        :host([size='large']) dialog {
          width: 100vw;
        }
      }
    `,
  ];

  declare heading: string;
  declare isOpen: boolean;
  declare size: 'normal' | 'large';
  declare isModalOnly: boolean;

  constructor() {
    super();
    this.isOpen = false;
    this.size = 'normal';
    this.isModalOnly = false;
  }

  /** Inside a form's submit handler, or after success. */
  close(): void {
    this.#element?.close();
  }

  protected override render(): TemplateResult {
    return html`<dialog
      aria-labelledby="heading"
      @close=${this.#onClose}
      @cancel=${this.#onCancel}
      @mousedown=${this.#onPress}
    >
      <header>
        <h2 id="heading">${this.heading}</h2>
        ${
          this.isModalOnly
            ? nothing
            : html`<vant-icon-button icon="x" label=${msg('Close')} @click=${() => this.close()}></vant-icon-button>`
        }
      </header>
      <div class="content scroll" tabindex="-1"><slot></slot></div>
      <footer><slot name="actions" @slotchange=${this.#onActions}></slot></footer>
    </dialog>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('isOpen')) return;
    if (this.isOpen && this.#element?.open === false) this.#open();
    if (!this.isOpen && this.#element?.open === true) this.close();
  }

  get #element(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  /** The focus goes to what asks for it, and not to the cross. */
  #open(): void {
    this.#element?.showModal();
    const wanted =
      this.querySelector<HTMLElement>('[autofocus]') ?? this.renderRoot.querySelector<HTMLElement>('.content');
    wanted?.focus();
  }

  #onClose = (): void => {
    this.isOpen = false;
    this.dispatchEvent(new CustomEvent('close'));
  };

  #onCancel = (event: Event): void => {
    if (this.isModalOnly) event.preventDefault();
  };

  /** On the backdrop, which belongs to the dialog element itself. */
  #onPress = (event: MouseEvent): void => {
    if (!this.isModalOnly && event.target === event.currentTarget) this.close();
  };

  #onActions = (event: Event): void => {
    const slot = event.target as HTMLSlotElement;
    slot.parentElement?.classList.toggle('used', slot.assignedElements().length > 0);
  };
}

customElements.define('vant-dialog', Dialog);
