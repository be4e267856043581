import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderDocs } from '../../../config/generate/docs.ts';
import { renderJsonSchema } from '../../../config/generate/json-schema.ts';
import { renderSample } from '../../../config/generate/sample.ts';
import { wrapText } from '../../../config/generate/wrap-text.ts';
import { ENV_NAMES } from '../../../config/read-environment.ts';
import { ENTRIES, OPTION_ENTRIES } from '../../../config/registry.ts';
import { findStaleFiles } from '../../../scripts/generators.ts';
import { load, makeDirectory } from './support.ts';

const sample = renderSample();
const uncommented = sample.replaceAll(/^( *)#([a-z])/gm, '$1$2');

function createValidator(): (yaml: string) => unknown {
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(
    JSON.parse(renderJsonSchema()) as object,
  );
  return (yaml) =>
    validate(parse(yaml))
      ? []
      : validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

test('the generated files of the repository are current', async () => {
  expect(await findStaleFiles()).toEqual([]);
});

describe('the annotated sample', () => {
  test('tells editors where the schema is', () => {
    expect(sample.split('\n')[0]).toBe('# yaml-language-server: $schema=./vant.config.schema.json');
  });

  test.each([
    ['as it is', sample],
    ['with every line uncommented', uncommented],
  ])('loads %s, and equals the defaults', (_name, yaml) => {
    const cwd = makeDirectory();
    const { config, warnings } = load(yaml, { cwd });
    expect(config).toEqual(load(undefined, { cwd }).config);
    expect(warnings).toEqual([]);
  });

  test('names every option exactly once', () => {
    for (const { segments, declaration } of ENTRIES) {
      const key = declaration.node === 'secret' ? `${segments.at(-1) ?? ''}_file` : segments.at(-1);
      expect(sample.split('\n').filter((line) => line.trim().startsWith(`#${key ?? ''}:`)).length).toBeGreaterThan(0);
    }
    expect(uncommented).not.toMatch(/^ *#[a-z]/m);
    expect(sample.match(/^ *#[a-z]/gm)).toHaveLength(ENTRIES.length);
  });
});

describe('the JSON Schema', () => {
  const validate = createValidator();

  test('accepts the sample', () => {
    expect(validate(sample)).toEqual([]);
    expect(validate(uncommented)).toEqual([]);
  });

  test('accepts every example', () => {
    for (const { segments, declaration } of OPTION_ENTRIES) {
      if (declaration.example === undefined) continue;
      const yaml = segments.reduceRight((inner, key) => `{ ${key}: ${inner} }`, declaration.example);
      expect(validate(yaml), segments.join('.')).toEqual([]);
    }
  });

  test('refuses typos and wrong values', () => {
    expect(validate('relay: { message_tll: 7d }')).toEqual(['/relay must NOT have additional properties']);
    expect(validate('relay: { message_ttl: 7days }')).toHaveLength(1);
    expect(validate('redis: { mode: extern }')).toHaveLength(1);
    expect(validate('redis: { external: { password: hunter2 } }')).toHaveLength(1);
    expect(validate('limits: { max_accounts: 0 }')).toEqual(['/limits/max_accounts must be >= 1']);
  });
});

describe('declarations', () => {
  test('every example is a value that the option accepts', () => {
    for (const { path, declaration } of OPTION_ENTRIES) {
      // Files that must exist exist on the admin's machine, not here.
      if (declaration.example === undefined || /_file$|binary$/.test(path)) continue;
      expect(() => declaration.type.parse(declaration.example ?? '', { baseDir: '/' }), path).not.toThrow();
    }
  });

  test('every description is whole sentences', () => {
    for (const { path, declaration } of ENTRIES) expect(declaration.description, path).toMatch(/^\S.{15,}\.$/s);
  });

  test('no two names are the same', () => {
    expect(new Set(ENV_NAMES).size).toBe(ENV_NAMES.length);
  });
});

describe('the docs', () => {
  test('have an anchor, the environment name and the moment of effect of every option', () => {
    const docs = renderDocs();
    for (const { path, envName } of ENTRIES) {
      expect(docs).toContain(`<a id="${path}"></a>`);
      expect(docs).toContain(`\`${envName}\``);
    }
    expect(docs.match(/\| Takes effect \|/g)).toHaveLength(ENTRIES.length);
    expect(docs.match(/\| Since \| 0\.1\.0 \|/g)).toHaveLength(ENTRIES.length);
  });
});

test('text is wrapped at its spaces', () => {
  expect(wrapText('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapText('verylongword x', 4)).toEqual(['verylongword', 'x']);
});
