/** `vant upgrade` with a program that is a real Vant: this source tree, behind a file of its own. */
import { execFile, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parsePublicKey, renderPublicKey, signFile } from '../../../cli/upgrade/minisign.ts';
import { upgrade } from '../../../cli/upgrade/upgrade.ts';
import { makeTemporaryDirectory, removeDirectory, REPOSITORY } from '../../support/appliance.ts';

const VANT = join(REPOSITORY, 'cli', 'vant.js');
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const keys = [parsePublicKey(renderPublicKey(publicKey))];
let directory: string;
let program: string;

beforeEach(async () => {
  directory = await makeTemporaryDirectory();
  program = writeProgram('vant', 'old');
  writeFileSync(join(directory, 'release.pub'), renderPublicKey(publicKey));
});
afterEach(() => removeDirectory(directory));

/** A program that runs this source tree, and can be told from another by its comment. */
function writeProgram(name: string, comment: string, body = `exec '${process.execPath}' '${VANT}' "$@"`): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n# ${comment}\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

async function signed(path: string): Promise<string> {
  writeFileSync(`${path}.minisig`, await signFile(path, privateKey, 'version 1.2.3'));
  return path;
}

const commentOf = (path: string): string => /^# (.*)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? '';

function start(...args: string[]) {
  return spawn(
    process.execPath,
    [VANT, 'upgrade', '--program', program, '--public-key', join(directory, 'release.pub'), ...args],
    {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
}

async function run(...args: string[]): Promise<{ code: number; output: string }> {
  const child = start(...args);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}

async function expectWholeProgram(): Promise<void> {
  const { stdout } = await promisify(execFile)(program, ['version', '--json']);
  expect(JSON.parse(stdout)).toHaveProperty('version');
}

describe('vant upgrade', () => {
  test('checks, tries and swaps; the old program comes back on demand', async () => {
    const { code, output } = await run(await signed(writeProgram('new', 'new')));
    expect(output).toMatch(
      /signature is right \(version 1\.2\.3\)[^]*works here: version \d[^]*Replaced[^]*No service/,
    );
    expect(code).toBe(0);
    expect([commentOf(program), commentOf(`${program}.previous`)]).toEqual(['new', 'old']);
    expect((await run('--rollback')).output).toContain('The version before is back');
    expect([commentOf(program), commentOf(`${program}.previous`)]).toEqual(['old', 'new']);
    await expectWholeProgram();
    expect(readdirSync(directory).sort()).toEqual(['new', 'new.minisig', 'release.pub', 'vant', 'vant.previous']);
  });

  test.each([
    ['without a signature', async (path: string) => path, 'There is no file'],
    [
      'that was changed after it was signed',
      async (path: string) => {
        await signed(path);
        writeFileSync(path, `${readFileSync(path, 'utf8')}# more\n`);
        return path;
      },
      'not one of this file',
    ],
    [
      'signed by somebody else',
      async (path: string) => {
        writeFileSync(`${path}.minisig`, await signFile(path, generateKeyPairSync('ed25519').privateKey, ''));
        return path;
      },
      'not trusted',
    ],
  ])('a program %s is not even started', async (_name, prepare, message) => {
    const proof = join(directory, 'was-started');
    const { code, output } = await run(await prepare(writeProgram('new', 'new', `touch '${proof}'`)));
    expect(output).toContain(message);
    expect([code, existsSync(proof), commentOf(program), existsSync(`${program}.previous`)]).toEqual([
      1,
      false,
      'old',
      false,
    ]);
  });

  test('a program that does not work here is not taken', async () => {
    const broken = await run(await signed(writeProgram('new', 'new', 'exit 1')));
    expect(broken.output).toContain('The new program does not run here');
    const answersOnly = `[ "$1" = version ] && echo '{"version":"9"}' && exit; echo "the data are upside down"; exit 1`;
    const mute = await run(await signed(writeProgram('new', 'new', answersOnly)));
    expect(mute.output).toMatch(/does not start here\. It said:\nthe data are upside down[^]*runs on as before/);
    expect([commentOf(program), existsSync(`${program}.previous`), existsSync(`${program}.next`)]).toEqual([
      'old',
      false,
      false,
    ]);
  });

  test('killed after each of its steps, it leaves a program that runs, and can be done again', async () => {
    const file = await signed(writeProgram('new', 'new'));
    for (const said of ['The signature is right', 'It works here', 'Replaced']) {
      const child = start(file);
      let output = '';
      const seen = Promise.withResolvers<undefined>();
      child.stdout
        .setEncoding('utf8')
        .on('data', (text: string) => (output += text).includes(said) && seen.resolve(undefined));
      await Promise.race([seen.promise, once(child, 'exit')]);
      child.kill('SIGKILL');
      await expectWholeProgram();
    }
    expect((await run(file)).code).toBe(0);
    expect(commentOf(program)).toBe('new');
  });

  test('killed in the middle of swapping, again and again, the program is always whole', async () => {
    const module = new URL('../../../cli/upgrade/swap-program.ts', import.meta.url).href;
    const other = writeProgram('new', 'new');
    const text = `const { stage, swapIn, swapBack } = await import('${module}');
      for (;;) { stage('${other}', '${program}'); swapIn('${program}'); console.log('in'); swapBack('${program}'); }`;
    for (let count = 0; count < 12; count++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', text], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      // Anywhere in the loop, which takes about a millisecond.
      await delay(count % 4);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(readFileSync(program, 'utf8')).toMatch(/^#!\/bin\/sh\n# (old|new)\nexec .*\n$/);
    }
    await expectWholeProgram();
  });

  test('a service that does not come up with the new one runs the old one again', async () => {
    const ran: string[] = [];
    const service = {
      async restart() {
        ran.push(commentOf(program));
        if (commentOf(program) === 'new') throw new Error('It was not ready within 5 minutes.');
      },
    };
    const file = await signed(writeProgram('new', 'new'));
    const upgrading = upgrade({ file, program, keys, service, say: async () => undefined });
    await expect(upgrading).rejects.toThrow(/did not come up, so the old one is back, and runs\. It was not ready/);
    expect([ran, commentOf(program), commentOf(`${program}.previous`)]).toEqual([['new', 'old'], 'old', 'new']);
  });
});
