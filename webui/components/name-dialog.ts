/** `<vant-name-dialog heading="Rename" label="Name" value="…" @choose=${…} @close=${…}>`: asks for one line. */
import { msg } from '@lit/localize';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { base } from '../styles/shared.ts';
import './button.ts';
import './dialog.ts';
import './text-field.ts';

export class NameDialog extends LitElement {
  static override properties = {
    heading: {},
    label: {},
    value: {},
    maxLength: { type: Number, attribute: 'maxlength' },
  };
  static override styles = [
    base,
    css`
      form {
        display: grid;
        gap: var(--space-4);
      }
      .actions {
        display: flex;
        justify-content: flex-end;
        gap: var(--space-2);
      }
    `,
  ];

  declare heading: string;
  declare label: string;
  declare value: string;
  declare maxLength: number;

  protected override render(): TemplateResult {
    return html`<vant-dialog open heading=${this.heading} @close=${this.#close}>
      <form @submit=${this.#submit}>
        <vant-text-field
          name="name"
          required
          label=${this.label}
          value=${this.value}
          maxlength=${this.maxLength}
        ></vant-text-field>
        <div class="actions">
          <vant-button variant="quiet" @click=${this.#close}>${msg('Cancel')}</vant-button>
          <vant-button type="submit" variant="primary">${msg('Save')}</vant-button>
        </div>
      </form>
    </vant-dialog>`;
  }

  #close = (event: Event): void => {
    event.stopPropagation();
    this.dispatchEvent(new CustomEvent('close'));
  };

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = (new FormData(event.target as HTMLFormElement).get('name') as string).trim();
    if (name !== '') this.dispatchEvent(new CustomEvent('choose', { detail: name }));
  };
}

customElements.define('vant-name-dialog', NameDialog);
