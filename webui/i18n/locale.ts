/** The language of the page: the one that was chosen, else the first of the browser's that there is, else English. A language is
 * loaded when it is needed. */
import { configureLocalization } from '@lit/localize';
import { pageSettings } from '../platform/page-settings.ts';
import { chooseLocale } from './choose-locale.ts';
import { sourceLocale, targetLocales } from './generated/locale-codes.ts';
import { locale, type Locale } from './locale-signal.ts';

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

/** Resolves when the texts of the chosen language are there. Called again after the setting has changed. */
export async function applyLanguage(): Promise<void> {
  const chosen = chooseLocale(pageSettings.language.value, navigator.languages);
  // Without its texts (offline, and an older shell) the page stays in the language that it has.
  await setLocale(chosen).catch(() => undefined);
  locale.value = chosen;
  document.documentElement.lang = chosen;
}
