/** `<vant-avatar-field name="Ada" identity=${id}>`: a picture with what one can do about it. Gives `change` with an AvatarImage, empty
 * when it was removed. */
import { msg } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { AvatarImage } from '../platform/avatar-image.ts';
import { openPhoto } from '../platform/avatar-image.ts';
import { base } from '../styles/shared.ts';
import './avatar.ts';
import './avatar-editor.ts';
import './button.ts';

export class AvatarField extends LitElement {
  static override properties = {
    name: {},
    identity: {},
    picture: { attribute: false },
    pictureType: { attribute: false },
    photo: { state: true },
    hasFailed: { state: true },
  };
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-4);
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
      }
      p {
        flex-basis: 100%;
        margin: 0;
        font-size: var(--text-s);
        color: var(--color-danger-text);
      }
    `,
  ];

  declare name: string;
  declare identity: string;
  declare picture: Uint8Array | undefined;
  declare pictureType: string | undefined;
  declare photo: ImageBitmap | undefined;
  declare hasFailed: boolean;

  constructor() {
    super();
    this.name = '';
    this.identity = '';
    this.hasFailed = false;
  }

  protected override render(): TemplateResult {
    const hasPicture = (this.picture?.length ?? 0) > 0;
    return html`<vant-avatar
        size="xl"
        name=${this.name}
        identity=${this.identity}
        .picture=${this.picture}
        .pictureType=${this.pictureType}
      ></vant-avatar>
      <div class="actions">
        <vant-button icon="camera" @click=${this.#choose}
          >${hasPicture ? msg('Change picture') : msg('Choose picture')}</vant-button
        >
        ${
          hasPicture
            ? html`<vant-button variant="quiet" @click=${this.#remove}>${msg('Remove picture')}</vant-button>`
            : nothing
        }
      </div>
      <input type="file" accept="image/*" hidden aria-label=${msg('Choose picture')} @change=${this.#open} />
      ${this.hasFailed ? html`<p role="alert">${msg('This file is not a picture that the browser can read.')}</p>` : nothing}
      ${
        this.photo === undefined
          ? nothing
          : html`<vant-avatar-editor
              .photo=${this.photo}
              @change=${this.#finish}
              @cancel=${() => (this.photo = undefined)}
            ></vant-avatar-editor>`
      }`;
  }

  #choose = (): void => this.renderRoot.querySelector('input')?.click();

  #remove = (): void => this.#emit({ bytes: new Uint8Array(), contentType: '' });

  #open = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    input.value = '';
    event.stopPropagation();
    if (file === undefined) return;
    try {
      this.photo = await openPhoto(file);
      this.hasFailed = false;
    } catch {
      this.hasFailed = true;
    }
  };

  #finish = (event: CustomEvent<AvatarImage>): void => {
    event.stopPropagation();
    this.photo = undefined;
    this.#emit(event.detail);
  };

  #emit(detail: AvatarImage): void {
    this.dispatchEvent(new CustomEvent<AvatarImage>('change', { detail }));
  }
}

customElements.define('vant-avatar-field', AvatarField);
