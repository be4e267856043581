/** How messages look. */
import { css } from 'lit';

export const messageStyles = css`
  .row {
    position: relative;
    display: flex;
    align-items: flex-end;
    gap: var(--space-2);
    padding: 1px var(--space-4);
    outline: none;
  }
  .row.first {
    padding-top: var(--space-3);
  }
  .row.own {
    justify-content: flex-end;
  }
  .row:focus-visible .bubble {
    outline: 2px solid var(--color-focus);
    outline-offset: 2px;
  }
  .row.selecting {
    cursor: pointer;
    user-select: none;
  }
  .row.selected {
    background: var(--color-accent-soft);
  }
  .check {
    align-self: center;
    display: grid;
    place-items: center;
    width: 1.375rem;
    height: 1.375rem;
    margin-right: auto;
    border: 1.5px solid var(--color-line-strong);
    border-radius: 50%;
    font-size: 0.75rem;
    color: transparent;
  }
  .selected .check {
    color: var(--color-on-accent);
    border-color: var(--color-accent);
    background: var(--color-accent);
  }
  .gutter {
    flex: none;
    width: 2rem;
  }
  .stack {
    position: relative;
    display: grid;
    justify-items: start;
    min-width: 0;
    max-width: min(78%, 38rem);
  }
  .own .stack {
    justify-items: end;
  }
  .bubble {
    --delivery-read: var(--color-accent-text);
    position: relative;
    max-width: 100%;
    padding: 0.4375rem 0.75rem;
    border-radius: var(--radius-bubble);
    color: var(--color-on-bubble);
    background: var(--color-bubble);
    overflow-wrap: anywhere;
  }
  .bubble::after {
    content: '';
    display: block;
    clear: both;
  }
  .row:not(.own):not(.first) .bubble {
    border-start-start-radius: 0.375rem;
  }
  .row:not(.own):not(.last) .bubble {
    border-end-start-radius: 0.375rem;
  }
  .own .bubble {
    --delivery-read: #9ff0e6;
    color: var(--color-on-bubble-own);
    background: var(--color-bubble-own);
  }
  .own:not(.first) .bubble {
    border-start-end-radius: 0.375rem;
  }
  .own:not(.last) .bubble {
    border-end-end-radius: 0.375rem;
  }
  .bubble.deleted {
    font-style: italic;
    color: var(--color-text-soft);
    background: none;
    box-shadow: inset 0 0 0 1px var(--color-line);
  }
  .marked .bubble {
    animation: mark 2s var(--ease);
  }
  @keyframes mark {
    0%,
    60% {
      box-shadow: 0 0 0 3px var(--color-focus);
    }
  }
  .author {
    display: block;
    margin-bottom: 1px;
    font-size: var(--text-s);
    font-weight: var(--weight-bold);
    color: light-dark(oklch(0.46 0.11 var(--hue)), oklch(0.82 0.09 var(--hue)));
  }
  .text {
    white-space: pre-wrap;
    line-height: var(--leading);
  }
  .text.large {
    font-size: 2.25rem;
    line-height: 1.2;
  }
  .text.large-1 {
    font-size: 3rem;
  }
  .bubble.bare {
    padding-inline: 0.25rem;
    color: var(--color-text);
    background: none;
  }
  .bubble.bare .meta {
    float: none;
    display: flex;
    justify-content: flex-end;
    margin: 0;
    color: var(--color-text-faint);
  }
  .bold {
    font-weight: 700;
  }
  .italic {
    font-style: italic;
  }
  .strikethrough {
    text-decoration: line-through;
  }
  .monospace {
    padding: 0.05em 0.3em;
    border-radius: 0.25em;
    font-family: var(--font-mono);
    font-size: 0.92em;
    background: var(--color-pressed);
  }
  .own .monospace {
    background: rgb(0 0 0 / 22%);
  }
  .mention {
    padding: 0 0.2em;
    border-radius: 0.25em;
    font-weight: var(--weight-medium);
    background: var(--color-pressed);
  }
  .own .mention:not(.self) {
    background: rgb(0 0 0 / 22%);
  }
  .mention.self {
    color: var(--color-text);
    background: var(--color-mark);
  }
  .spoiler {
    padding: 0 0.15em;
    border: 0;
    border-radius: 0.25em;
    font: inherit;
    color: transparent;
    background: repeating-linear-gradient(
      45deg,
      color-mix(in srgb, var(--color-on-bubble) 45%, transparent) 0 3px,
      color-mix(in srgb, var(--color-on-bubble) 30%, transparent) 3px 6px
    );
    cursor: pointer;
    user-select: none;
    white-space: normal;
  }
  .own .spoiler {
    background: rgb(255 255 255 / 35%);
  }
  .text a {
    color: var(--color-accent-text);
    text-decoration: underline;
    text-underline-offset: 0.15em;
  }
  .own .text a {
    color: inherit;
  }
  .text a.suspicious {
    text-decoration-style: wavy;
  }
  .more {
    padding: 0;
    border: 0;
    font: inherit;
    font-weight: var(--weight-bold);
    color: inherit;
    background: none;
    cursor: pointer;
    text-decoration: underline;
  }
  .meta {
    float: inline-end;
    display: inline-flex;
    align-items: center;
    gap: 0.25rem;
    margin: 0.4rem -0.125rem -0.125rem 0.75rem;
    font-size: 0.6875rem;
    line-height: 1.2;
    color: var(--color-on-bubble-soft);
    font-variant-numeric: tabular-nums;
    user-select: none;
  }
  .own .meta {
    color: var(--color-on-bubble-own-soft);
  }
  .meta .icon {
    width: 0.9375rem;
    height: 0.9375rem;
  }
  .meta .read {
    display: inline-flex;
    color: var(--delivery-read);
  }
  .own .bubble.bare .read {
    color: var(--color-accent-text);
  }
  .deleted .meta,
  .own .deleted .meta {
    color: var(--color-text-faint);
  }
  .quote {
    display: block;
    width: 100%;
    margin: 0.125rem 0 0.375rem;
    padding: 0.3125rem 0.625rem;
    border: 0;
    border-inline-start: 3px solid currentColor;
    border-radius: 0.375rem;
    font: inherit;
    font-size: var(--text-s);
    text-align: start;
    color: inherit;
    background: var(--color-pressed);
    cursor: pointer;
  }
  .own .quote {
    background: rgb(255 255 255 / 14%);
  }
  .quote b {
    display: block;
    font-weight: var(--weight-bold);
  }
  .quote span {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    overflow: hidden;
  }
  .reactions {
    z-index: 1;
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem;
    margin: -0.375rem 0.5rem 0.125rem;
  }
  .reaction {
    display: inline-flex;
    align-items: center;
    gap: 0.25rem;
    min-height: 1.5rem;
    padding: 0 0.4375rem;
    border: 2px solid var(--color-canvas);
    border-radius: var(--radius-full);
    font: inherit;
    font-size: var(--text-xs);
    color: var(--color-text-soft);
    background: var(--color-field);
    cursor: pointer;
  }
  .reaction.mine {
    color: var(--color-accent-text);
    background: var(--color-selected);
  }
  .reaction span {
    font-size: 0.9375rem;
  }
  .failed {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    margin: 0.25rem 0.25rem 0;
    font-size: var(--text-s);
    color: var(--color-danger-text);
  }
  .failed button {
    padding: 0;
    border: 0;
    font: inherit;
    font-weight: var(--weight-bold);
    color: inherit;
    background: none;
    text-decoration: underline;
    cursor: pointer;
  }
  .tools {
    position: absolute;
    z-index: 2;
    top: -0.875rem;
    display: flex;
    border-radius: var(--radius-full);
    background: var(--color-raised);
    box-shadow: var(--shadow-2);
  }
  .row:not(.own) .tools {
    inset-inline-end: auto;
    inset-inline-start: calc(100% - 1.5rem);
  }
  .own .tools {
    inset-inline-end: calc(100% - 1.5rem);
  }
  .tools button {
    display: grid;
    place-items: center;
    width: 2rem;
    height: 2rem;
    padding: 0;
    border: 0;
    border-radius: var(--radius-full);
    font-size: var(--text-s);
    color: var(--color-text-soft);
    background: none;
    cursor: pointer;
  }
  .tools button:hover {
    color: var(--color-text);
    background: var(--color-hover);
  }
  @media (hover: none) {
    .tools {
      display: none;
    }
  }
  .day,
  .notice,
  .divider {
    display: flex;
    justify-content: center;
    padding: var(--space-4) var(--space-5) var(--space-1);
    font-size: var(--text-xs);
    text-align: center;
    color: var(--color-text-soft);
  }
  .day {
    font-weight: var(--weight-bold);
  }
  .notice {
    gap: var(--space-2);
    padding-block: var(--space-2);
    font-size: var(--text-s);
    text-wrap: balance;
  }
  .notice.warning {
    color: var(--color-warning-text);
  }
  .notice a {
    color: inherit;
    font-weight: var(--weight-bold);
  }
  .divider {
    align-items: center;
    gap: var(--space-3);
    font-weight: var(--weight-bold);
    color: var(--color-accent-text);
  }
  .divider::before,
  .divider::after {
    content: '';
    flex: 1;
    height: 1px;
    background: color-mix(in srgb, var(--color-accent-text) 40%, transparent);
  }
`;
