/** `<vant-menu label="More" .items=${[…]} @choose=${(event) => event.detail}><vant-icon-button slot="trigger" …></vant-menu>`: what
 * can be done, in a list that floats. Without a trigger it is opened by `openAt`, as a context menu. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { base, focusRing } from '../styles/shared.ts';
import type { IconName } from './icon-shapes.ts';
import { placeBeside } from './place.ts';
import './icon.ts';

export interface MenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  /** Goes there instead of giving `choose`. */
  readonly href?: string;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
  /** For what can be on or off. */
  readonly isChecked?: boolean;
  /** A line above it. */
  readonly hasLine?: boolean;
  /** Keys that do the same, as text. */
  readonly shortcut?: string;
}

export class Menu extends LitElement {
  static override properties = { label: {}, items: { attribute: false }, isOpen: { state: true } };
  static override styles = [
    base,
    focusRing,
    css`
      :host {
        display: contents;
      }
      .menu {
        position: fixed;
        inset: auto;
        min-width: 12rem;
        max-width: min(20rem, 100vw - 1rem);
        max-height: calc(100dvh - 1rem);
        margin: 0;
        padding: var(--space-1);
        border: 0;
        border-radius: var(--radius-m);
        font: var(--text-m) / var(--leading-tight) var(--font);
        color: var(--color-text);
        background: var(--color-raised);
        box-shadow: var(--shadow-2);
        overflow-y: auto;
      }
      .menu:popover-open {
        animation: appear var(--duration-fast) var(--ease);
      }
      .item {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        width: 100%;
        min-height: 2.25rem;
        padding: var(--space-1) var(--space-3);
        border: 0;
        border-radius: var(--radius-s);
        font: inherit;
        text-align: start;
        text-decoration: none;
        color: inherit;
        background: none;
        cursor: pointer;
        outline-offset: -2px;
      }
      .item:is(:hover, :focus) {
        background: var(--color-hover);
      }
      .item[aria-disabled='true'] {
        opacity: 0.5;
        cursor: default;
      }
      .item.danger {
        color: var(--color-danger-text);
      }
      .item vant-icon {
        color: var(--color-text-soft);
      }
      .item.danger vant-icon {
        color: inherit;
      }
      .text {
        flex: 1;
      }
      kbd {
        font: var(--text-xs) var(--font);
        color: var(--color-text-faint);
      }
      hr {
        margin: var(--space-1) var(--space-2);
        border: 0;
        border-top: 1px solid var(--color-line);
      }
      @keyframes appear {
        from {
          opacity: 0;
          transform: translateY(-4px);
        }
      }
    `,
  ];

  declare label: string;
  declare items: readonly MenuItem[];
  declare isOpen: boolean;
  #returnFocus: HTMLElement | undefined;

  constructor() {
    super();
    this.items = [];
    this.isOpen = false;
  }

  /** At a point of the window, or beside an element. The focus goes back to `returnFocus` at the end. */
  async openAt(place: DOMRect | { readonly x: number; readonly y: number }, returnFocus?: HTMLElement): Promise<void> {
    this.#returnFocus = returnFocus;
    await this.updateComplete;
    const menu = this.#menu;
    if (menu === null) return;
    menu.showPopover();
    const anchor = place instanceof DOMRect ? place : new DOMRect(place.x, place.y, 0, 0);
    placeBeside(menu, anchor, { align: anchor.left > innerWidth / 2 ? 'end' : 'start', gapPx: 4 });
    this.#focusItem(0);
  }

  close(): void {
    this.#menu?.hidePopover();
  }

  protected override render(): TemplateResult {
    return html`<slot name="trigger" @click=${this.#onTrigger}></slot>
      <div
        class="menu"
        popover="auto"
        role="menu"
        aria-label=${this.label}
        @toggle=${this.#onToggle}
        @keydown=${this.#onKey}
        @contextmenu=${(event: Event) => event.preventDefault()}
      >
        ${this.items.map((item) => this.#renderItem(item))}
      </div>`;
  }

  #renderItem(item: MenuItem): TemplateResult {
    const { icon, isChecked } = item;
    const role = isChecked === undefined ? 'menuitem' : 'menuitemcheckbox';
    const shown = isChecked === true ? 'check' : icon;
    const content = html`${shown === undefined ? nothing : html`<vant-icon name=${shown}></vant-icon>`}
      <span class="text">${item.label}</span>
      ${item.shortcut === undefined ? nothing : html`<kbd aria-hidden="true">${item.shortcut}</kbd>`}`;
    const classes = item.isDanger === true ? 'item danger' : 'item';
    const control =
      item.href === undefined
        ? html`<button
            class=${classes}
            type="button"
            role=${role}
            tabindex="-1"
            aria-checked=${isChecked === undefined ? nothing : String(isChecked)}
            aria-disabled=${item.isDisabled === true ? 'true' : nothing}
            @click=${() => this.#choose(item)}
          >
            ${content}
          </button>`
        : html`<a class=${classes} role="menuitem" tabindex="-1" href=${item.href} @click=${() => this.close()}
            >${content}</a
          >`;
    return html`${item.hasLine === true ? html`<hr role="separator" />` : nothing}${control}`;
  }

  get #menu(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.menu');
  }

  get #controls(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('.item')];
  }

  #choose(item: MenuItem): void {
    if (item.isDisabled === true) return;
    this.close();
    this.dispatchEvent(new CustomEvent('choose', { detail: item.id }));
  }

  #onTrigger = (event: Event): void => {
    const trigger = event.target as HTMLElement;
    if (this.isOpen) this.close();
    else void this.openAt(trigger.getBoundingClientRect(), trigger);
  };

  #onToggle = (event: ToggleEvent): void => {
    this.isOpen = event.newState === 'open';
    for (const trigger of this.#triggers()) if ('isExpanded' in trigger) trigger.isExpanded = this.isOpen;
    if (!this.isOpen && this.matches(':focus-within')) this.#returnFocus?.focus();
    this.dispatchEvent(new CustomEvent(this.isOpen ? 'open' : 'close'));
  };

  #triggers(): HTMLElement[] {
    return [...this.children].filter((child): child is HTMLElement => child.slot === 'trigger');
  }

  #onKey = (event: KeyboardEvent): void => {
    const controls = this.#controls;
    const at = controls.indexOf((this.renderRoot as ShadowRoot).activeElement as HTMLElement);
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      this.#focusItem(target);
    } else if (event.key === 'Tab') {
      event.preventDefault();
      this.close();
    } else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey) {
      this.#focusByLetter(event.key, at);
    }
    event.stopPropagation();
  };

  #focusItem(index: number): void {
    const controls = this.#controls;
    controls.at(index % Math.max(controls.length, 1))?.focus();
  }

  #focusByLetter(letter: string, at: number): void {
    const order = [...this.items.keys()].map((index) => (at + 1 + index) % this.items.length);
    const startsWith = (index: number): boolean =>
      this.items[index]?.label.toLocaleLowerCase().startsWith(letter.toLocaleLowerCase()) === true;
    const found = order.find(startsWith);
    if (found !== undefined) this.#focusItem(found);
  }
}

customElements.define('vant-menu', Menu);
