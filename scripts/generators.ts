/** Every file that is made from declarations. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderDocs } from '../config/generate/docs.ts';
import { renderJsonSchema } from '../config/generate/json-schema.ts';
import { renderSample } from '../config/generate/sample.ts';
import { renderErrors } from './render-errors.ts';
import { renderIcons } from './render-icons.ts';
import { renderOpenApi } from './render-openapi.ts';

interface Generator {
  /** Relative to the root of the repository. */
  readonly file: string;
  readonly render: () => string | Promise<string>;
}

export const GENERATORS: readonly Generator[] = [
  { file: 'vant.config.yaml', render: renderSample },
  { file: 'vant.config.schema.json', render: renderJsonSchema },
  { file: 'docs/configuration.md', render: renderDocs },
  { file: 'docs/errors.md', render: renderErrors },
  { file: 'docs/openapi.json', render: renderOpenApi },
  { file: 'webui/components/icon-shapes.ts', render: renderIcons },
];

/** The files whose content on disk is not what their generator says. */
export async function findStaleFiles(): Promise<string[]> {
  const isStale = await Promise.all(GENERATORS.map(async ({ file, render }) => readText(file) !== (await render())));
  return GENERATORS.filter((_generator, index) => isStale[index]).map(({ file }) => file);
}

export async function writeFiles(): Promise<void> {
  for (const { file, render } of GENERATORS) writeFileSync(toPath(file), await render());
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(toPath(file), 'utf8');
  } catch {
    return undefined;
  }
}

function toPath(file: string): string {
  return fileURLToPath(new URL(`../${file}`, import.meta.url));
}
