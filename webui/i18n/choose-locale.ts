/** Which of the languages that there are. */
import { allLocales, sourceLocale } from './generated/locale-codes.ts';
import type { Locale } from './locale-signal.ts';

/** @param wanted what the browser asks for, the most welcome first: `es-MX` is served by `es` */
export function chooseLocale(setting: string, wanted: readonly string[]): Locale {
  const codes = [setting, ...wanted].map((tag) => tag.toLowerCase().split('-')[0]);
  const code = codes.find((each) => allLocales.includes(each as Locale));
  return (code as Locale | undefined) ?? sourceLocale;
}
