/** What belongs to this browser and not to the account, and is needed before the store is unlocked: how the page looks and in
 * which language. Nothing in it is secret. */
import { effect, signal, type Signal } from '@preact/signals-core';

const STORAGE_KEY = 'vant-page';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const TEXT_SIZES = ['small', 'normal', 'large', 'larger'] as const;
export type TextSize = (typeof TEXT_SIZES)[number];

export const MOTIONS = ['system', 'reduced', 'full'] as const;
export type Motion = (typeof MOTIONS)[number];

export interface PageSettings {
  readonly language: Signal<string>;
  readonly theme: Signal<Theme>;
  readonly textSize: Signal<TextSize>;
  readonly motion: Signal<Motion>;
}

type Stored = { -readonly [K in keyof PageSettings]?: PageSettings[K]['value'] };

const stored = readStored();

export const pageSettings: PageSettings = {
  language: signal(stored.language ?? 'system'),
  theme: signal(oneOf(THEMES, stored.theme, 'system')),
  textSize: signal(oneOf(TEXT_SIZES, stored.textSize, 'normal')),
  motion: signal(oneOf(MOTIONS, stored.motion, 'system')),
};

/** Writes every change down, and shows it on the root element, where the styles look for it. */
export function applyPageSettings(): void {
  effect(() => {
    const { language, theme, textSize, motion } = pageSettings;
    const values: Stored = {
      language: language.value,
      theme: theme.value,
      textSize: textSize.value,
      motion: motion.value,
    };
    const { dataset } = document.documentElement;
    Object.assign(dataset, { theme: theme.value, textSize: textSize.value, motion: motion.value });
    write(values);
  });
  // Another tab has changed something.
  addEventListener('storage', ({ key }) => {
    if (key !== STORAGE_KEY) return;
    const { language, theme, textSize, motion } = readStored();
    pageSettings.language.value = language ?? 'system';
    pageSettings.theme.value = oneOf(THEMES, theme, 'system');
    pageSettings.textSize.value = oneOf(TEXT_SIZES, textSize, 'normal');
    pageSettings.motion.value = oneOf(MOTIONS, motion, 'system');
  });
}

function oneOf<T extends string>(values: readonly T[], value: string | undefined, fallback: T): T {
  return values.find((each) => each === value) ?? fallback;
}

/** A browser that keeps nothing gets the defaults. */
function readStored(): Stored {
  try {
    return JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}') as Stored;
  } catch {
    return {};
  }
}

function write(values: Stored): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(values));
  } catch {
    // Then they hold until the page is closed.
  }
}
