/** Runs the commands that a page of docs/ tells people to type, so that the page cannot rot.
 *
 * How to use it: write in the line before a fenced `sh` block one comment, which readers do not see:
 *
 *     <!-- run -->                          the block is run; it must end with 0
 *     <!-- run: ends with 1 -->             … with another exit code
 *     <!-- run: prints "all is well" -->    … and its output must contain the text (may be joined: `ends with 1, prints "…"`)
 *     <!-- run: until "Vant serves" -->     a program that stays (`vant serve`): started, and left running when it has printed the text
 *     <!-- run: on debian -->               run by `npm run test:install` in a bare Debian, not here
 *     <!-- not run: REASON -->              the reader alone can do it
 *
 * Every `sh` block of a page needs one of them: a command that nobody runs should be a decision. A test is then one line:
 *
 *     test('docs/backup.md', () => runPage('docs/backup.md', { env: { … } }));
 *
 * All blocks of a page are run one after the other by one `bash -eu` each, in one empty directory that is HOME and the working
 * directory, with `vant` (this source tree) and a `sudo` that changes nothing first on the PATH. `env` may set options
 * (VANT_SERVER_LISTEN=127.0.0.1:0). A `KEY=value` line that a block appends to the file "$DOC_ENV" is in the environment of those that follow.
 * Words in capitals stay as they are: write `DIR=/srv/backup` in the page if a path has to be chosen, and set it through `replace`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { makeTemporaryDirectory, removeDirectory, REPOSITORY } from '../../support/appliance.ts';
import { VANT_PROGRAM } from '../../support/vant-program.ts';

export interface DocBlock {
  /** Line of the page, from 1. */
  readonly line: number;
  readonly text: string;
  readonly place: 'here' | 'debian' | 'nowhere';
  readonly exitCode: number;
  readonly prints: string | undefined;
  /** A program that stays: what it prints when it is there. */
  readonly stays: string | undefined;
}

export interface PageOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Texts of the page and what stands for them in the test. */
  readonly replace?: Readonly<Record<string, string>>;
  readonly deadlineMs?: number;
}

const FENCE = /^( *)```sh\b/;

/** @throws Error for a block of commands that has no comment, or one that is not understood. */
export function readBlocks(path: string): DocBlock[] {
  const lines = readFileSync(join(REPOSITORY, path), 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const fence = FENCE.exec(line);
    if (fence === null) return [];
    const end = lines.indexOf(`${fence[1]!}\`\`\``, index);
    const tag = /^ *<!-- (.*) -->$/.exec(lines[index - 1] === '' ? lines[index - 2]! : (lines[index - 1] ?? ''))?.[1];
    return [
      { line: index + 1, text: lines.slice(index + 1, end).join('\n'), ...parseTag(tag, `${path}:${index + 1}`) },
    ];
  });
}

function parseTag(tag: string | undefined, place: string): Omit<DocBlock, 'line' | 'text'> {
  const [, not, run, details = ''] = /^(?:(not run: \S.*)|(run)(?:: (.*))?)$/.exec(tag ?? '') ?? [];
  if (not === undefined && run === undefined) {
    throw new Error(`${place}: commands without <!-- run --> or <!-- not run: REASON --> before them`);
  }
  const rest = details.replaceAll(/ends with \d+|prints "[^"]*"|until "[^"]*"|on debian|, */g, '');
  if (rest !== '') throw new Error(`${place}: "${rest}" is not understood`);
  return {
    place: not !== undefined ? 'nowhere' : details.includes('on debian') ? 'debian' : 'here',
    exitCode: Number(/ends with (\d+)/.exec(details)?.[1] ?? 0),
    prints: /prints "([^"]*)"/.exec(details)?.[1],
    stays: /until "([^"]*)"/.exec(details)?.[1],
  };
}

/** @throws Error with line, command and output of the block that did not do what it should. */
export async function runPage(path: string, options: PageOptions = {}): Promise<void> {
  const directory = await makeTemporaryDirectory();
  const staying: ChildProcess[] = [];
  try {
    const bin = prepareBin(directory);
    for (const block of readBlocks(path).filter(({ place }) => place === 'here')) {
      const child = await runBlock(block, path, { directory, bin, ...options });
      if (child !== undefined) staying.push(child);
    }
  } finally {
    await Promise.all(staying.map(stop));
    await removeDirectory(directory);
  }
}

interface Stage extends PageOptions {
  readonly directory: string;
  readonly bin: string;
}

/** @returns the program, if it is one that stays. */
async function runBlock(block: DocBlock, path: string, stage: Stage): Promise<ChildProcess | undefined> {
  const { directory, replace = {}, deadlineMs = 60_000 } = stage;
  const text = Object.entries(replace).reduce((done, [from, to]) => done.replaceAll(from, to), block.text);
  // `exec`, so that a signal reaches the program itself.
  const script = block.stays === undefined ? text : text.replace(/^(.*)$/, 'exec env $1');
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: directory,
    env: environmentOf(stage),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const seen = Promise.withResolvers<'seen'>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (block.stays !== undefined && output.includes(block.stays)) seen.resolve('seen');
    });
  }
  const late = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
  const outcome = await Promise.race([seen.promise, once(child, 'close') as Promise<[number | null]>]);
  clearTimeout(late);
  if (outcome === 'seen') return child;
  const [exitCode] = outcome;
  if (exitCode === block.exitCode && block.stays === undefined && output.includes(block.prints ?? '')) return undefined;
  const wanted = block.stays ?? block.prints;
  throw new Error(
    `${path}:${block.line} ended with ${exitCode ?? 'a signal'}${wanted === undefined ? '' : ` (wanted: "${wanted}")`}:\n${text}\n--- it said:\n${output}`,
  );
}

function environmentOf({ directory, bin, env }: Stage): NodeJS.ProcessEnv {
  const file = join(directory, '.doc-env');
  const noted = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const pairs = noted.flatMap((line) =>
    line.includes('=') ? [[line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]] : [],
  );
  return {
    PATH: [bin, dirname(process.execPath), process.env['PATH']].join(delimiter),
    HOME: directory,
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(process.env['HOME'] ?? directory, '.cache'),
    DOC_ENV: file,
    VANT_TURN_MODE: 'off',
    ...env,
    ...(Object.fromEntries(pairs) as Record<string, string>),
  };
}

function prepareBin(directory: string): string {
  const bin = join(directory, '.bin');
  mkdirSync(bin);
  const write = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  write('vant', `exec ${VANT_PROGRAM.map((part) => `'${part}'`).join(' ')} "$@"`);
  write('sudo', 'exec "$@"');
  return bin;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
