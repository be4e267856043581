import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REPOSITORY } from '../../support/appliance.ts';
import { readBlocks, runPage } from './doc-commands.ts';

/** What runs the docs must itself be able to fail. */
const FOLDER = join('.build', `doc-pages-${process.pid}`);
beforeAll(() => mkdir(join(REPOSITORY, FOLDER), { recursive: true }));
afterAll(() => rm(join(REPOSITORY, FOLDER), { recursive: true, force: true }));

async function page(name: string, text: string): Promise<string> {
  await writeFile(join(REPOSITORY, FOLDER, name), text);
  return join(FOLDER, name);
}

const block = (tag: string, text: string): string => `words\n\n<!-- ${tag} -->\n\n\`\`\`sh\n${text}\n\`\`\`\n`;

describe('commands in the docs', () => {
  test('run in order, in one directory, with what was noted', async () => {
    const text =
      block('run', 'echo one > file\necho NAME=value >> "$DOC_ENV"') +
      block('run: prints "one value"', 'echo "$(cat file) $NAME"') +
      block('run: ends with 3, prints "three"', 'echo three\nexit 3') +
      block('run: prints "vant 0."', 'sudo vant version');
    await runPage(await page('right.md', text));
  });

  test('that fail are told with page, line and output', async () => {
    const path = await page('wrong.md', block('run', 'echo before\nfalse\necho after'));
    const failure = await runPage(path).catch((error: unknown) => String(error));
    expect(failure).toContain('wrong.md:5 ended with 1');
    expect(failure).toMatch(/it said:\nbefore\n$/);
    await expect(runPage(await page('silent.md', block('run: prints "x"', 'echo y')))).rejects.toThrow('wanted: "x"');
  });

  test('that nobody has decided about are refused', async () => {
    const untagged = await page('untagged.md', '```sh\nrm -rf /\n```\n');
    expect(() => readBlocks(untagged)).toThrow('untagged.md:1');
    const unknown = await page('unknown.md', block('run: sometimes', 'true'));
    expect(() => readBlocks(unknown)).toThrow('"sometimes" is not understood');
    const left = await page('left.md', block('not run: needs a domain', 'false') + block('run: on debian', 'false'));
    await runPage(left);
    expect(readBlocks(left).map(({ place }) => place)).toEqual(['nowhere', 'debian']);
  });

  test('a program that stays is there for what follows, and ends with the page', async () => {
    const serve = 'VANT_SERVER_LISTEN=127.0.0.1:0 vant serve';
    const text = block('run: until "Vant serves"', serve) + block('run', 'test -d data/redis');
    await runPage(await page('server.md', text));
    await expect(runPage(await page('gone.md', block('run: until "never"', 'echo now')))).rejects.toThrow(
      'wanted: "never"',
    );
  });
});
