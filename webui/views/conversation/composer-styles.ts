/** How the place to write looks. */
import { css } from 'lit';

export const composerStyles = css`
  :host {
    display: block;
    padding: 0 var(--space-3) var(--space-3);
  }
  .box {
    border-radius: 1.375rem;
    background: var(--color-field);
  }
  .box:focus-within {
    box-shadow: inset 0 0 0 1.5px color-mix(in srgb, var(--color-focus) 60%, transparent);
  }
  .about {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
    gap: var(--space-2);
    padding: var(--space-2) var(--space-1) 0 var(--space-4);
    font-size: var(--text-s);
  }
  .about div {
    padding-inline-start: var(--space-2);
    border-inline-start: 3px solid var(--color-accent);
  }
  .about b {
    display: block;
    color: var(--color-accent-text);
  }
  .about span {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    color: var(--color-text-soft);
  }
  .line {
    display: flex;
    align-items: flex-end;
    gap: var(--space-1);
    padding: 0.1875rem;
  }
  textarea {
    flex: 1;
    min-width: 0;
    min-height: 2.5rem;
    max-height: min(14rem, 40dvh);
    padding: 0.5625rem var(--space-1);
    border: 0;
    font: inherit;
    line-height: var(--leading);
    color: inherit;
    background: none;
    resize: none;
    outline: none;
    field-sizing: content;
    scrollbar-width: thin;
  }
  textarea:focus-visible {
    outline: none;
  }
  textarea::placeholder {
    color: var(--color-text-faint);
    opacity: 1;
  }
  .count {
    align-self: center;
    font-size: var(--text-xs);
    color: var(--color-text-soft);
    font-variant-numeric: tabular-nums;
  }
  .count.over {
    font-weight: var(--weight-bold);
    color: var(--color-danger-text);
  }
  .mentions {
    position: fixed;
    inset: auto;
    min-width: 14rem;
    max-height: 18rem;
    margin: 0;
    padding: var(--space-1);
    border: 0;
    border-radius: var(--radius-m);
    color: inherit;
    background: var(--color-raised);
    box-shadow: var(--shadow-2);
    overflow-y: auto;
  }
  .candidate {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    padding: var(--space-1) var(--space-2);
    border-radius: var(--radius-s);
    cursor: pointer;
  }
  .candidate[aria-selected='true'] {
    background: var(--color-selected);
  }
  .emoji {
    position: fixed;
    inset: auto;
    margin: 0;
    padding: 0;
    border: 0;
    border-radius: var(--radius-l);
    background: none;
    box-shadow: var(--shadow-3);
    overflow: hidden;
  }
`;
