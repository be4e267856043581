/** `<vant-copy-field label="Invite link" value=${link}>`: a text to pass on: read, copy, share. */
import { msg } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base } from '../styles/shared.ts';
import './button.ts';
import './text-field.ts';

const SHOWN_MS = 2500;

export class CopyField extends LitElement {
  static override properties = {
    label: {},
    value: {},
    /** What a share sheet says beside the text; without it there is no button to share. */
    shareTitle: { attribute: 'share-title' },
    isCopied: { state: true },
  };
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        gap: var(--space-3);
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
      }
    `,
  ];

  declare label: string;
  declare value: string;
  declare shareTitle: string | undefined;
  declare isCopied: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.isCopied = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override render(): TemplateResult {
    const canShare = this.shareTitle !== undefined && 'share' in navigator;
    return html`<vant-text-field
        readonly
        label=${this.label}
        value=${this.value}
        @focusin=${this.#select}
      ></vant-text-field>
      <div class="actions">
        <vant-button
          variant=${canShare ? 'secondary' : 'primary'}
          icon=${this.isCopied ? 'check' : 'copy'}
          @click=${this.#copy}
          >${this.isCopied ? msg('Copied') : msg('Copy')}</vant-button
        >
        ${
          canShare
            ? html`<vant-button variant="primary" icon="share-2" @click=${this.#share}>${msg('Share')}</vant-button>`
            : nothing
        }
      </div>
      <span role="status" hidden>${this.isCopied ? msg('Copied') : ''}</span>`;
  }

  #select = (event: Event): void => (event.currentTarget as HTMLElement & { select(): void }).select();

  #copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(this.value);
    this.isCopied = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.isCopied = false), SHOWN_MS);
  };

  /** Whoever closes the share sheet has not failed. */
  #share = async (): Promise<void> => {
    await navigator.share({ title: this.shareTitle ?? '', text: this.value }).catch(() => undefined);
  };
}

customElements.define('vant-copy-field', CopyField);
