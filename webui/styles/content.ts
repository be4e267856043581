/** Styles of what stands on a page: text, groups of controls, numbers to be compared. */
import { css } from 'lit';
import { base, prose } from './shared.ts';

export const content = [
  base,
  prose,
  css`
    :host {
      display: block;
      min-width: 0;
    }
    .stack {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: var(--space-4);
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-2);
    }
    .actions.end {
      justify-content: flex-end;
    }
    .soft {
      color: var(--color-text-soft);
    }
    .small {
      font-size: var(--text-s);
    }
    .centered {
      justify-items: center;
      text-align: center;
    }
    .pad {
      padding: var(--space-4);
    }
    .mono {
      font-family: var(--font-mono);
      font-size: var(--text-s);
      overflow-wrap: anywhere;
    }
    ul.plain {
      margin: 0;
      padding: 0 0 0 1.2em;
    }
    vant-qr-code {
      width: min(15rem, 100%);
    }
  `,
];
