import { describe, expect, it } from 'vitest';
import { chooseLocale } from '../../../webui/i18n/choose-locale.ts';

describe('the language', () => {
  it.each([
    ['system', ['de-AT', 'en'], 'de'],
    ['system', ['fr-FR', 'ES-419', 'de'], 'es'],
    ['system', ['fr', 'ja'], 'en'],
    ['system', [], 'en'],
    ['de', ['es'], 'de'],
    ['xx', ['es'], 'es'],
  ])('set to %s in a browser that asks for %j is %s', (setting, wanted, expected) => {
    expect(chooseLocale(setting, wanted)).toBe(expected);
  });
});
