// What a browser loads before the web app is usable must not grow unnoticed.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { minifyCss } from '../../../scripts/minify-styles.ts';
import { ROOT } from '../../../scripts/run-program.ts';
import { WEBUI_OUTPUT } from '../../../scripts/webui-bundle.ts';

/** The goal of the product, in kilobytes of 1000 bytes. */
const MAX_BYTES = 150_000;

const read = (path: string): string => readFileSync(join(WEBUI_OUTPUT, path), 'utf8');

/** With everything that it imports at once: what it imports later is not waited for. */
function withImports(path: string): string[] {
  const paths = new Set([path]);
  for (const each of paths)
    for (const [, imported = ''] of read(each).matchAll(/(?:from|[;}]import|^import)\s*["'`](\.[^"'`]+\.js)["'`]/g))
      paths.add(posix.join(posix.dirname(each), imported));
  return [...paths];
}

const zippedBytes = (path: string): number =>
  withImports(path).reduce((sum, each) => sum + readFileSync(join(WEBUI_OUTPUT, `${each}.gz`)).length, 0);

describe('the web app', () => {
  // In a program of its own: libraries bundle otherwise under the environment of a test runner. Does nothing when it is built.
  beforeAll(() => {
    const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: 'production' };
    delete env['VITEST'];
    execFileSync(process.execPath, [join(ROOT, 'scripts', 'run.js'), 'build-webui'], { env });
  }, 120_000);

  test('page and worker together, compressed, stay within the limit', () => {
    const page = /src="\/(assets\/[^"]+\.js)"/.exec(read('index.html'))?.[1] ?? '';
    const worker = readdirSync(join(WEBUI_OUTPUT, 'assets')).find((name) => /^worker-.*\.js$/.test(name)) ?? '';
    const [pageBytes, workerBytes] = [zippedBytes(page), zippedBytes(`assets/${worker}`)];
    expect([pageBytes > 40_000, workerBytes > 60_000]).toEqual([true, true]);
    expect(pageBytes + workerBytes).toBeLessThanOrEqual(MAX_BYTES);
  });

  test('what only the server and the terminal need is in no script', () => {
    const scripts = readdirSync(join(WEBUI_OUTPUT, 'assets')).filter((name) => name.endsWith('.js'));
    const code = scripts.map((name) => read(`assets/${name}`)).join('\n');
    expect(code).toContain('/v1/accounts');
    expect(code).not.toContain('Safe to repeat with the same secret');
    expect(code).not.toContain('Compare it with docs/openapi.json');
  });
});

test.each([
  ['a { color: red; }\n  /* why */\n  b > c,\n d { margin: 0 1px; }', 'a{color:red}b > c,d{margin:0 1px}'],
  ['.a :hover { width: calc(1px + 2px); }', '.a :hover{width:calc(1px + 2px)}'],
  ['@media (width < 45rem) { :host { border: 0; } }', '@media (width < 45rem){:host{border:0}}'],
])('styles keep their meaning without white space', (styles, expected) => {
  expect(minifyCss(styles)).toBe(expected);
});
