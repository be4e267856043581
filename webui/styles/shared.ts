/** Styles that shadow roots share: the page's own rules do not reach into them. */
import { css } from 'lit';

/** For every component: sizes that add up, and `hidden` that hides. */
export const base = css`
  :host {
    box-sizing: border-box;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
`;

/** The ring around what has the keyboard's focus. */
export const focusRing = css`
  :focus-visible {
    outline: 2px solid var(--color-focus);
    outline-offset: 2px;
  }
`;

/** `.visually-hidden`: for screen readers only. */
export const visuallyHidden = css`
  .visually-hidden:not(:focus, :active) {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    padding: 0;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
    border: 0;
  }
`;

/** Headings, paragraphs and links of a page. */
export const prose = css`
  h1,
  h2,
  h3,
  p {
    margin: 0;
    text-wrap: pretty;
  }
  h1 {
    font-size: var(--text-xl);
    line-height: var(--leading-tight);
    font-weight: var(--weight-bold);
    letter-spacing: -0.012em;
  }
  h2 {
    font-size: var(--text-l);
    line-height: var(--leading-tight);
    font-weight: var(--weight-bold);
    letter-spacing: -0.006em;
  }
  h3 {
    font-size: var(--text-m);
    font-weight: var(--weight-bold);
  }
  a {
    color: var(--color-accent-text);
    text-underline-offset: 0.15em;
  }
`;

/** A scrolling area whose bar does not shout. */
export const scrollArea = css`
  .scroll {
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-width: thin;
    scrollbar-color: var(--color-line-strong) transparent;
  }
`;

/** Fields to write into, one line or many. */
export const field = css`
  :host {
    display: block;
  }
  .field {
    display: grid;
    gap: var(--space-1);
  }
  label,
  .label {
    font-size: var(--text-s);
    font-weight: var(--weight-medium);
    color: var(--color-text-soft);
  }
  input,
  textarea,
  select {
    width: 100%;
    min-height: var(--target);
    padding: 0 var(--space-3);
    font: inherit;
    color: inherit;
    background: var(--color-field);
    border: 1px solid transparent;
    border-radius: var(--radius-m);
    outline-offset: -1px;
    transition: border-color var(--duration-fast);
  }
  ::placeholder {
    color: var(--color-text-faint);
    opacity: 1;
  }
  :is(input, textarea, select):hover {
    border-color: var(--color-line-strong);
  }
  :is(input, textarea, select):disabled {
    opacity: 0.55;
    border-color: transparent;
  }
  :is(input, textarea, select)[aria-invalid='true'] {
    border-color: var(--color-danger);
  }
  .help,
  .error {
    font-size: var(--text-s);
    color: var(--color-text-faint);
  }
  .error {
    color: var(--color-danger-text);
  }
`;
