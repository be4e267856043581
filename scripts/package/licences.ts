/** The licence texts of everything that is in an executable, found by what was really bundled. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../run-program.ts';
import type { InnerLicences } from './inner-licences.ts';

export interface LicensedPart {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
}

/** What code of ours was made from without importing it: the shapes of icons. */
const COPIED_IN = ['node_modules/lucide-static'];
const RULE = '='.repeat(80);

/** @param modules paths, absolute or in the repository @returns folders of the packages that they belong to, in the repository */
export function findPackages(modules: Iterable<string>): string[] {
  const folders = new Set(COPIED_IN);
  for (const path of modules) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
    if (folder !== undefined) folders.add(folder.slice(folder.indexOf('node_modules/')));
  }
  return [...folders].sort();
}

/** @param folder of an npm package; @param inner of what is linked into packages. @throws Error when it says nothing of its licence: then somebody
 * has to look. */
export function readPackageLicence(folder: string, inner: InnerLicences = {}): LicensedPart {
  const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as Manifest;
  const { name, version, license: licence, author } = manifest;
  if (licence === undefined) throw new Error(`${folder} names no licence: may it be packed?`);
  const files = globSync('{LICEN[CS]E,COPYING,NOTICE,licen[cs]e,dist/acknowledgments}*', { cwd: join(ROOT, folder) });
  const texts = files
    .filter((file) => !/\.(js|ts|json)$/.test(file))
    .sort()
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8').trim());
  const by = typeof author === 'object' ? author.name : author;
  const none =
    `Its package has no text of its own${by === undefined ? '' : ` (by ${by})`}. ` +
    `The terms of ${licence} are printed with other parts here.`;
  if (texts.length === 0) texts.push(none);
  const inside = inner[name];
  const all = inside === undefined ? texts : [inside.summary, ...texts, inside.text];
  return { name, version, licence, text: all.join('\n\n') };
}

/** A list, then the texts. */
export function renderLicences(parts: readonly LicensedPart[]): string {
  const lines = parts.map(({ name, version, licence }) => `  ${name} ${version}: ${licence}`);
  const texts = parts.map(
    ({ name, version, licence, text }) => `${RULE}\n${name} ${version}\n${licence}\n${RULE}\n\n${text.trim()}\n`,
  );
  return [`This program consists of:\n\n${lines.join('\n')}\n`, ...texts].join('\n');
}

/** Ours, Node with what is in it, and Redis with what is linked into it. */
export function readOwnLicences(node: string, redis: { version: string; licences: string }): LicensedPart[] {
  const { name, version, license = '' } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const read = (path: string) => readFileSync(path, 'utf8');
  const nodeVersion = (JSON.parse(read(join(node, 'package.json'))) as Manifest).version;
  return [
    { name, version, licence: license, text: read(join(ROOT, 'LICENSE')) },
    {
      name: 'Node.js',
      version: nodeVersion,
      licence: 'MIT, and others for its parts',
      text: read(join(node, 'LICENSE')),
    },
    {
      name: 'redis-server',
      version: redis.version,
      licence: 'BSD-3-Clause, and others for what is linked into it',
      text: `Built from the source package of Debian, with the C library of GNU (LGPL-2.1-or-later).\n\n${read(redis.licences)}`,
    },
  ];
}
