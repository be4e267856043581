import { describe, expect, it } from 'vitest';
import { findLocalizationProblems } from '../../../scripts/localization.ts';

describe('the texts of the web app', () => {
  it('are all translated, with the same placeholders, and the modules are current', async () => {
    expect(await findLocalizationProblems()).toEqual([]);
  }, 120_000);
});
