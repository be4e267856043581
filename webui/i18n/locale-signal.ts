/** The language that is shown. Apart from what loads languages, so that formatting needs nothing else. */
import { signal } from '@preact/signals-core';
import { sourceLocale, type allLocales } from './generated/locale-codes.ts';

export type Locale = (typeof allLocales)[number];

export const locale = signal<Locale>(sourceLocale);
