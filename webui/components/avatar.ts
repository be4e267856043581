/** `<vant-avatar name="Ada Lovelace" identity=${accountId}>`: a picture, or initials on a colour that is the same for the same
 * identity everywhere. Decoration: the name stands beside it. */
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';

import { base } from '../styles/shared.ts';
import { styleProperties } from '../styles/style-properties.ts';
import type { IconName } from './icon-shapes.ts';
import './icon.ts';

/** Degrees on the colour wheel, far enough from each other to be told apart. */
const HUES = [20, 55, 95, 145, 195, 235, 275, 320, 350];
/** What a browser draws from a profile: no SVG, which may hold scripts and links. */
const PICTURE_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/gif'];

export class Avatar extends LitElement {
  static override properties = {
    name: {},
    identity: {},
    picture: { attribute: false },
    pictureType: { attribute: false },
    icon: {},
    size: { reflect: true },
  };
  static override styles = [
    base,
    css`
      :host {
        --avatar-size: 2.75rem;
        display: inline-grid;
        flex: none;
        width: var(--avatar-size);
        height: var(--avatar-size);
      }
      :host([size='xs']) {
        --avatar-size: 1.5rem;
      }
      :host([size='s']) {
        --avatar-size: 2rem;
      }
      :host([size='l']) {
        --avatar-size: 4rem;
      }
      :host([size='xl']) {
        --avatar-size: 6rem;
      }
      .disc,
      img {
        width: 100%;
        height: 100%;
        border-radius: var(--radius-full);
      }
      .disc {
        display: grid;
        place-items: center;
        font-size: calc(var(--avatar-size) * 0.38);
        font-weight: var(--weight-bold);
        line-height: 1;
        letter-spacing: -0.01em;
        user-select: none;
        color: light-dark(oklch(0.4 0.085 var(--hue)), oklch(0.91 0.055 var(--hue)));
        background: light-dark(oklch(0.91 0.045 var(--hue)), oklch(0.37 0.06 var(--hue)));
      }
      img {
        object-fit: cover;
      }
    `,
  ];

  declare name: string;
  declare identity: string;
  declare picture: Uint8Array | undefined;
  declare pictureType: string | undefined;
  /** In place of initials. */
  declare icon: IconName | undefined;
  declare size: 'xs' | 's' | 'm' | 'l' | 'xl';
  #url: string | undefined;

  constructor() {
    super();
    this.name = '';
    this.identity = '';
    this.size = 'm';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated && this.#hasPicture()) this.requestUpdate('picture');
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#releasePicture();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('picture')) return;
    this.#releasePicture();
    if (this.#hasPicture())
      this.#url = URL.createObjectURL(
        new Blob([this.picture as Uint8Array<ArrayBuffer>], { type: this.pictureType ?? '' }),
      );
  }

  protected override render(): TemplateResult {
    if (this.#url !== undefined) return html`<img src=${this.#url} alt="" draggable="false" />`;
    const hue = styleProperties({ '--hue': String(hueOf(this.identity)) });
    const content = this.icon === undefined ? initialsOf(this.name) : html`<vant-icon name=${this.icon}></vant-icon>`;
    return html`<div class="disc" style=${hue} aria-hidden="true">${content}</div>`;
  }

  #hasPicture(): boolean {
    return (this.picture?.length ?? 0) > 0 && PICTURE_TYPES.includes(this.pictureType ?? '');
  }

  #releasePicture(): void {
    if (this.#url !== undefined) URL.revokeObjectURL(this.#url);
    this.#url = undefined;
  }
}

const segmenter = new Intl.Segmenter();

/** Of the first and the last word; whole characters, also of emoji and combined letters. */
function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  const first = (word = ''): string => [...segmenter.segment(word)][0]?.segment ?? '';
  return chosen.map((word) => first(word).toLocaleUpperCase()).join('') || '?';
}

/** Degrees on the colour wheel that stand for an identity. */
export const hueOf = (identity: string): number => HUES[hashOf(identity) % HUES.length] ?? 0;

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

customElements.define('vant-avatar', Avatar);
