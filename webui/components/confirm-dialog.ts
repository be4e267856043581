/** `<vant-confirm-dialog heading="Remove Bob?" action="Remove" danger @confirm=${…} @close=${…}>What follows.</vant-confirm-dialog>`: asks before
 * something that is not easily undone. With `typed`, that word has to be written first. */
import { msg, str } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base } from '../styles/shared.ts';
import './button.ts';
import './dialog.ts';
import './text-field.ts';

export class ConfirmDialog extends LitElement {
  static override properties = {
    heading: {},
    action: {},
    typed: {},
    isDanger: { type: Boolean, attribute: 'danger' },
    isBusy: { type: Boolean, attribute: 'busy' },
    written: { state: true },
  };
  static override styles = [
    base,
    css`
      .text {
        display: grid;
        gap: var(--space-4);
      }
    `,
  ];

  declare heading: string;
  declare action: string;
  declare typed: string | undefined;
  declare isDanger: boolean;
  declare isBusy: boolean;
  declare written: string;

  constructor() {
    super();
    this.isDanger = false;
    this.isBusy = false;
    this.written = '';
  }

  protected override render(): TemplateResult {
    const { typed } = this;
    return html`<vant-dialog open heading=${this.heading} @close=${this.#close}>
      <div class="text">
        <div><slot></slot></div>
        ${
          typed === undefined
            ? nothing
            : html`<vant-text-field
                label=${msg(str`Write “${typed}” to confirm`)}
                @input-change=${(event: CustomEvent<string>) => (this.written = event.detail)}
              ></vant-text-field>`
        }
      </div>
      <vant-button slot="actions" variant="quiet" @click=${this.#close}>${msg('Cancel')}</vant-button>
      <vant-button
        slot="actions"
        variant=${this.isDanger ? 'danger' : 'primary'}
        ?busy=${this.isBusy}
        ?disabled=${typed !== undefined && this.written.trim().toLocaleLowerCase() !== typed.toLocaleLowerCase()}
        @click=${() => this.dispatchEvent(new CustomEvent('confirm'))}
        >${this.action}</vant-button
      >
    </vant-dialog>`;
  }

  #close = (event: Event): void => {
    event.stopPropagation();
    this.dispatchEvent(new CustomEvent('close'));
  };
}

customElements.define('vant-confirm-dialog', ConfirmDialog);
