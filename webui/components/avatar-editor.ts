/** `<vant-avatar-editor .photo=${bitmap}>`: chooses the part of a photo, by dragging, keys and a slider. Gives `change` with an
 * AvatarImage, or `cancel`. */
import { msg } from '@lit/localize';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { drawCrop, makeAvatar, type AvatarImage } from '../platform/avatar-image.ts';
import { base, focusRing } from '../styles/shared.ts';
import './button.ts';
import './dialog.ts';

const PREVIEW_PX = 256;
const MAX_ZOOM = 4;
/** Of the photo, for one press of an arrow key. */
const STEP = 0.03;

export class AvatarEditor extends LitElement {
  static override properties = {
    photo: { attribute: false },
    centerX: { state: true },
    centerY: { state: true },
    zoom: { state: true },
  };
  static override styles = [
    base,
    focusRing,
    css`
      .editor {
        display: grid;
        justify-items: center;
        gap: var(--space-4);
      }
      canvas {
        width: 16rem;
        height: 16rem;
        border-radius: var(--radius-full);
        cursor: grab;
        touch-action: none;
      }
      label {
        display: grid;
        gap: var(--space-1);
        width: 16rem;
        font-size: var(--text-s);
        color: var(--color-text-soft);
      }
      input {
        accent-color: var(--color-accent);
      }
    `,
  ];

  declare photo: ImageBitmap;
  declare centerX: number;
  declare centerY: number;
  declare zoom: number;

  constructor() {
    super();
    this.centerX = 0.5;
    this.centerY = 0.5;
    this.zoom = 1;
  }

  protected override render(): TemplateResult {
    return html`<vant-dialog open heading=${msg('Your picture')} @close=${this.#cancel}>
      <div class="editor">
        <canvas
          width=${PREVIEW_PX}
          height=${PREVIEW_PX}
          tabindex="0"
          role="application"
          aria-label=${msg('Part of the picture: move it with the arrow keys')}
          @pointerdown=${this.#grab}
          @pointermove=${this.#drag}
          @keydown=${this.#onKey}
        ></canvas>
        <label
          >${msg('Size')}
          <input type="range" min="1" max=${MAX_ZOOM} step="0.05" .value=${String(this.zoom)} @input=${this.#onZoom} />
        </label>
      </div>
      <vant-button slot="actions" variant="quiet" @click=${this.#cancel}>${msg('Cancel')}</vant-button>
      <vant-button slot="actions" variant="primary" @click=${this.#finish}>${msg('Use picture')}</vant-button>
    </vant-dialog>`;
  }

  protected override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas');
    if (canvas !== null) drawCrop(canvas, this.photo, this);
  }

  #grab = (event: PointerEvent): void => (event.target as Element).setPointerCapture(event.pointerId);

  #drag = (event: PointerEvent): void => {
    const canvas = event.target as HTMLCanvasElement;
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    const share = Math.min(this.photo.width, this.photo.height) / this.zoom / canvas.clientWidth;
    this.#move((-event.movementX * share) / this.photo.width, (-event.movementY * share) / this.photo.height);
  };

  #onKey = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#move(step[0] ?? 0, step[1] ?? 0);
  };

  #onZoom = (event: Event): void => {
    this.zoom = Number((event.target as HTMLInputElement).value);
  };

  /** The centre stays where the square lies inside the photo, so that no move is lost in nothing. */
  #move(x: number, y: number): void {
    const side = Math.min(this.photo.width, this.photo.height) / this.zoom;
    const clamp = (value: number, length: number): number => {
      const margin = side / 2 / length;
      return Math.min(Math.max(margin, value), 1 - margin);
    };
    this.centerX = clamp(this.centerX + x, this.photo.width);
    this.centerY = clamp(this.centerY + y, this.photo.height);
  }

  #cancel = (): void => {
    this.dispatchEvent(new CustomEvent('cancel'));
  };

  #finish = async (): Promise<void> => {
    const detail = await makeAvatar(this.photo, this);
    this.dispatchEvent(new CustomEvent<AvatarImage>('change', { detail }));
  };
}

customElements.define('vant-avatar-editor', AvatarEditor);
