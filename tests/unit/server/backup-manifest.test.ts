import { describe, expect, it } from 'vitest';
import { BACKUP_FORMAT, parseManifest } from '../../../server/backup/manifest.ts';
import { isSafePath } from '../../../server/backup/data-files.ts';
import { lengthenKey, shortenKey } from '../../../server/storage/backup/dump-records.ts';
import { CURRENT_FORM } from '../../../server/storage/schema/migrations.ts';

describe('a manifest', () => {
  const manifest = { format: BACKUP_FORMAT, form: CURRENT_FORM, vantVersion: '0.1.0', files: [], environment: [] };
  const parse = (change: object) => parseManifest(JSON.stringify({ ...manifest, ...change }));

  it('of this format and form is read; one of a newer Vant names the version that reads it', () => {
    expect(parse({})).toMatchObject(manifest);
    for (const newer of [{ format: BACKUP_FORMAT + 1 }, { form: CURRENT_FORM + 1 }]) {
      expect(() => parse({ ...newer, vantVersion: '9.0.0' })).toThrow(/know/);
    }
    expect(() => parseManifest('no manifest')).toThrow('no backup of Vant');
  });
});

it('files of an archive stay below their directory', () => {
  for (const path of ['secret.key', 'tls/account.json']) expect(isSafePath(path), path).toBe(true);
  for (const path of ['', '/etc/passwd', '../x', 'a/../../x', 'a//b', './a'])
    expect(isSafePath(path), path).toBe(false);
});

it('names of keys are kept without the prefix, wherever it stands', () => {
  for (const name of ['vant:accounts', 'vant:roles:{vant:accounts}', 'vant:account:{some-id}']) {
    expect(lengthenKey(shortenKey(name, 'vant:'), 'vant:')).toBe(name);
    expect(lengthenKey(shortenKey(name, 'vant:'), 'other:')).toBe(name.replaceAll('vant:', 'other:'));
  }
});
