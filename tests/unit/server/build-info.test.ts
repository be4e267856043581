import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { renderBuild } from '../../../cli/commands/version.ts';
import { describeBuild, findCommit } from '../../../server/build-info.ts';
import { openWebBundle } from '../../../server/http/web-bundle.ts';
import { makeTemporaryDirectory, removeDirectory } from '../../support/appliance.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

describe('which build this is', () => {
  let root: string;
  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), `${text}\n`);
  };
  beforeEach(async () => (root = await makeTemporaryDirectory()));
  afterEach(() => removeDirectory(root));

  test('the commit of a branch, of a packed branch, of a detached head, of a worktree', () => {
    expect(findCommit(root)).toBeUndefined();
    write('.git/HEAD', COMMIT);
    expect(findCommit(root)).toBe(COMMIT);
    write('.git/HEAD', 'ref: refs/heads/main');
    expect(findCommit(root)).toBeUndefined();
    write('.git/packed-refs', `# pack-refs with: peeled\n${COMMIT} refs/heads/main`);
    expect(findCommit(root)).toBe(COMMIT);
    const newer = COMMIT.replace('0', 'f');
    write('.git/refs/heads/main', newer);
    expect(findCommit(root)).toBe(newer);
    write('tree/.git', 'gitdir: ../.git/worktrees/tree');
    write('.git/worktrees/tree/HEAD', 'ref: refs/heads/main');
    write('.git/worktrees/tree/commondir', '../..');
    expect(findCommit(join(root, 'tree'))).toBe(newer);
  });

  test('the web app by the hash in its file; without one there is none, and a broken one is no silence', async () => {
    expect(await openWebBundle(root)).toBeUndefined();
    write('web-bundle.json', '{"hash":"abc","files":{}}');
    expect((await openWebBundle(root))?.hash).toBe('abc');
    write('web-bundle.json', '{}');
    await expect(openWebBundle(root)).rejects.toThrow('build the web app again');
  });

  test('vant version, for a person', () => {
    const lines = renderBuild(describeBuild(undefined, root));
    expect(lines).toEqual([
      'vant 0.1.0',
      'commit unknown',
      'protocol 1',
      `node ${process.versions.node}`,
      'no web app in this build',
    ]);
    expect(renderBuild(describeBuild('abc', root)).at(-1)).toBe('web app abc');
  });
});
