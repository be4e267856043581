/** The language of the page: the one that was chosen, else the first of the browser's that there is, else English. A language is
 * loaded when it is needed. */
import { configureLocalization } from '@lit/localize';
import { signal } from '@preact/signals-core';
import { pageSettings } from '../platform/page-settings.ts';
import { allLocales, sourceLocale, targetLocales } from './generated/locale-codes.ts';

export type Locale = (typeof allLocales)[number];

/** Each language in its own words: who has chosen a wrong one finds the way back. */
export const LANGUAGE_NAMES: Readonly<Record<Locale, string>> = { de: 'Deutsch', en: 'English', es: 'Español' };

const LOADERS = {
  de: () => import('./generated/de.ts'),
  es: () => import('./generated/es.ts'),
} as const satisfies Record<(typeof targetLocales)[number], unknown>;

const { setLocale } = configureLocalization({
  sourceLocale,
  targetLocales,
  loadLocale: (locale) => LOADERS[locale as keyof typeof LOADERS](),
});

/** The language that is shown. */
export const locale = signal<Locale>(sourceLocale);

/** Resolves when the texts of the chosen language are there. Called again after the setting has changed. */
export async function applyLanguage(): Promise<void> {
  const chosen = chooseLocale(pageSettings.language.value, navigator.languages);
  // Without its texts (offline, and an older shell) the page stays in the language that it has.
  await setLocale(chosen).catch(() => undefined);
  locale.value = chosen;
  document.documentElement.lang = chosen;
}

/** @param wanted what the browser asks for, the most welcome first: `es-MX` is served by `es` */
export function chooseLocale(setting: string, wanted: readonly string[]): Locale {
  const codes = [setting, ...wanted].map((tag) => tag.toLowerCase().split('-')[0]);
  const code = codes.find((each) => allLocales.includes(each as Locale));
  return (code as Locale | undefined) ?? sourceLocale;
}
