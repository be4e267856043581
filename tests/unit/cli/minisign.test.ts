import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parsePublicKey, renderPublicKey, signFile, verifyFile } from '../../../cli/upgrade/minisign.ts';

const directory = mkdtempSync(join(tmpdir(), 'vant-minisign-'));
afterAll(() => rmSync(directory, { recursive: true }));

// Made with minisign 0.11 (minisign -G -W; minisign -S -t "version 1.2.3"); the file holds "test\n".
const MADE_BY_MINISIGN = {
  publicKey: 'RWSWWxERYRCraD3a4iy4xFx2pwW06mnoZmUZnbNJr9tUwpmOjMTuhVF+',
  signature: [
    'untrusted comment: signature from minisign secret key',
    'RUSWWxERYRCraCDM83exSDnaWEEmG+s0Kti4/eGxKZG+LVbOo4Ox9DlGQF5q3dpfE8EYeo/Om5osV+yvnUFTgGoO+2fJCpVdnAY=',
    'trusted comment: version 1.2.3',
    'onUMCGW4ApcsEid93slBeHjqd5W75maqfvbADJ4ti37elThU4canEul+lMfvQjM4FfuX0MqwfMuzNhX447bbDw==',
    '',
  ].join('\n'),
};

function file(text: string): string {
  const path = join(directory, 'file');
  writeFileSync(path, text);
  return path;
}

describe('signatures of releases', () => {
  test('that minisign has made are understood', async () => {
    const keys = [parsePublicKey(MADE_BY_MINISIGN.publicKey)];
    expect(await verifyFile(file('test\n'), MADE_BY_MINISIGN.signature, keys)).toBe('version 1.2.3');
  });

  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const keys = [parsePublicKey(renderPublicKey(publicKey))];

  test('hold for the file, the comment and the key that they are of, and nothing else', async () => {
    const path = file('program');
    const signature = await signFile(path, privateKey, 'version 1');
    expect(await verifyFile(path, signature, keys)).toBe('version 1');
    await expect(verifyFile(path, signature.replace('version 1', 'version 2'), keys)).rejects.toThrow('comment');
    await expect(verifyFile(path, signature, [])).rejects.toThrow('not trusted');
    const other = parsePublicKey(renderPublicKey(generateKeyPairSync('ed25519').publicKey));
    await expect(verifyFile(path, signature, [other])).rejects.toThrow('not trusted');
    // Another key under the same id.
    await expect(verifyFile(path, signature, [{ id: keys[0]!.id, key: other.key }])).rejects.toThrow(
      'not one of this file',
    );
    await expect(verifyFile(file('progrem'), signature, keys)).rejects.toThrow('not one of this file');
  });

  test.each(['', 'x', 'a\nb\nc\nd', MADE_BY_MINISIGN.signature.replace('\nRU', '\nRW')])('%j is none', async (text) => {
    await expect(verifyFile(file('test\n'), text, keys)).rejects.toThrow(/no signature|not trusted/);
  });

  test('a key that is none is refused', () => {
    expect(() => parsePublicKey('untrusted comment: x\nAAAA')).toThrow('no public key');
  });
});
