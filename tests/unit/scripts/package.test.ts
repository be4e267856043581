// What has to hold for the program to be packed, without packing it (npm run test:binary does that).
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative } from 'node:path';
import { Script } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleScript, type Bundle } from '../../../scripts/package/bundle.ts';
import { selectLicences } from '../../../scripts/package/inner-licences.ts';
import { findPackages, readPackageLicence, renderLicences } from '../../../scripts/package/licences.ts';
import { ROOT } from '../../../scripts/run-program.ts';
import { makeTemporaryDirectory, removeDirectory } from '../../support/appliance.ts';

/** ws uses them when they are there. */
const OPTIONAL = ['bufferutil', 'utf-8-validate'];

/** Of lines that begin with it or assign it: code that libraries generate at runtime has others in strings. */
function listRequired(code: string): string[] {
  const names = [...code.matchAll(/^\s*(?:(?:let|const|var) .*= |\w+ = )?require\("([^"]+)"\)/gm)].map(
    ([, name = '']) => name,
  );
  return [...new Set(names)].filter(
    (name) => !builtinModules.includes(name.replace(/^node:/, '')) && !name.startsWith('node:'),
  );
}

describe('the program, bundled', () => {
  let program: Bundle;
  let thread: Bundle;
  beforeAll(async () => {
    [program, thread] = await Promise.all([
      bundleScript('cli/packaged.ts'),
      bundleScript('server/turn/worker/worker-entry.ts'),
    ]);
  }, 120_000);

  test('is a script that needs nothing beside itself but Node', () => {
    for (const { code } of [program, thread]) {
      expect(() => new Script(`(function (exports, require, module, __filename, __dirname) {${code}})`)).not.toThrow();
      expect(listRequired(code).filter((name) => !OPTIONAL.includes(name))).toEqual([]);
    }
    expect(listRequired('const a = require("left-pad")')).toEqual(['left-pad']);
  });

  test('finds its native addons in itself, not in node_modules', () => {
    expect(program.addons.map(({ name }) => name).sort()).toEqual(['libsignal.node', 'node-datachannel.node']);
    expect(thread.addons).toEqual([]);
    expect(findPackages(program.modules)).toContain('node_modules/@signalapp/libsignal-client');
    expect(findPackages(program.modules)).not.toContain('node_modules/node-gyp-build');
  });

  test('has a licence for every package in it', () => {
    for (const folder of findPackages(program.modules)) expect(readPackageLicence(folder).text).not.toBe('');
  });
});

describe('licences', () => {
  let folder: string;
  beforeAll(async () => {
    folder = relative(ROOT, await makeTemporaryDirectory());
    mkdirSync(join(ROOT, folder, 'free'));
    writeFileSync(join(ROOT, folder, 'package.json'), '{"name":"mine","version":"1.0.0"}');
    const manifest = '{"name":"free","version":"2.0.0","license":"MIT","author":{"name":"Ada"}}';
    writeFileSync(join(ROOT, folder, 'free', 'package.json'), manifest);
  });
  afterAll(() => removeDirectory(join(ROOT, folder)));

  test('are those of the innermost package of a module', () => {
    expect(findPackages(['/x/node_modules/a/node_modules/@s/b/c.js?raw', 'server/app.ts', '\0virtual'])).toEqual([
      'node_modules/a/node_modules/@s/b',
      'node_modules/lucide-static',
    ]);
  });

  test('that a package does not name stop the packing', () => {
    expect(() => readPackageLicence(folder)).toThrow('names no licence');
  });

  test('without a text name their author; all are listed, then printed', () => {
    const part = readPackageLicence(join(folder, 'free'));
    expect(part.text).toContain('by Ada');
    expect(renderLicences([part])).toMatch(
      /^This program consists of:\n\n {2}free 2\.0\.0: MIT\n\n={80}\nfree 2\.0\.0\nMIT\n/,
    );
  });

  test('of what is linked into a package stand around its own', () => {
    const part = readPackageLicence(join(folder, 'free'), { free: { summary: 'With zlib.', text: 'zlib: Zlib' } });
    expect(part.text).toMatch(/^With zlib\.\n\n.*by Ada.*\n\nzlib: Zlib$/s);
  });

  test('of Debian are taken as they were read once, or not at all', () => {
    const text =
      'Format: 1.0\n\nFiles: *\nLicense: Zlib\n\nLicense: MIT\n Permission\n\nLicense: Zlib\n This software\n';
    const part = { title: 'zlib', packageName: 'zlib1g', hash: createHash('sha256').update(text).digest('hex') };
    expect(selectLicences(part, Buffer.from(text))).toBe(text);
    const [mit, zlib] = ['License: MIT\n Permission', 'License: Zlib\n This software\n'];
    expect(selectLicences({ ...part, licences: ['Zlib', 'MIT'] }, Buffer.from(text))).toBe(`${zlib}\n\n${mit}`);
    expect(() => selectLicences(part, Buffer.from(`${text} `))).toThrow('zlib1g has another licence text');
  });
});
