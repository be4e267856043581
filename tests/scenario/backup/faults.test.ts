import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../../support/appliance.ts';
import { RawDevice } from '../../support/raw-device.ts';
import { runVant, startVant, type VantRun } from '../../support/vant-process.ts';

/** What goes wrong around a backup is said in one sentence with the remedy, and costs nothing. */
describe('backups', () => {
  let directory: string;
  let appliance: Appliance;
  let owner: RawDevice;
  let recipient: string;
  let backup: string;
  const at = (name: string) => join(directory, name);
  const forServer = (dataDirectory = appliance.dataDirectory) => ({ env: { VANT_STORAGE_DATA_DIR: dataDirectory } });
  const back = (file: string, ...more: string[]) =>
    runVant(['backup', file, '--recipient', recipient, ...more], forServer());
  const restoreTo = (name: string, file: string, ...more: string[]) =>
    runVant(['restore', file, '--identity', at('key'), '--to', at(name), ...more], forServer(at(`${name}-data`)));

  beforeAll(async () => {
    directory = await makeTemporaryDirectory();
    appliance = await startAppliance({ dataDirectory: at('data') });
    owner = await RawDevice.join(appliance.url, appliance.ownerLink!);
    recipient = (await runVant(['backup-key', at('key')])).stdout.trim();
    backup = at('good.age');
    expect(await back(backup)).toMatchObject({ code: 0 });
    // So that a state before and one after can be told apart.
    await owner.inviteAndJoin();
  });
  afterAll(async () => {
    await appliance.stop();
    await removeDirectory(directory);
  });

  it('belong to their owner only, and say nothing in the clear', async () => {
    for (const file of [backup, at('key')]) expect((await stat(file)).mode & 0o777).toBe(0o600);
    const bytes = readFileSync(backup);
    expect(bytes.toString('latin1')).toMatch(/^age-encryption\.org\/v1\n/);
    for (const text of [owner.accountId, 'manifest.json', 'secret.key']) expect(bytes.includes(text)).toBe(false);
  });

  it('are encrypted, always', async () => {
    const nobody = await runVant(['backup', at('x.age')], forServer());
    expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('vant backup-key FILE') as string });
    const typo = await runVant(['backup', at('x.age'), '--recipient', 'age1nonsense'], forServer());
    expect(typo).toMatchObject({ code: 1, stderr: expect.stringContaining('is no age recipient') as string });
    expect(existsSync(at('x.age'))).toBe(false);
    expect((await runVant(['backup-key', at('key')])).stderr).toContain('is there already');
  });

  it('go into a directory under the time, and the oldest go', async () => {
    await mkdir(at('kept'));
    for (const day of ['01', '02', '03']) writeFileSync(at(`kept/vant-199901${day}T000000Z.age`), '');
    writeFileSync(at('kept/other.age'), '');
    expect(await back(at('kept'), '--keep', '2')).toMatchObject({ code: 0 });
    const names = (await readdir(at('kept'))).sort();
    expect(names).toHaveLength(3);
    expect(names).toContain('other.age');
    expect(names).toContain('vant-19990103T000000Z.age');
  });

  it('go to stdout and come from stdin, under a passphrase that must be long enough', async () => {
    const phrase = ['--passphrase-file', '-'];
    const made = await runVant(['backup', '-', ...phrase], { ...forServer(), input: 'five random words make one\n' });
    expect(made.code).toBe(0);
    writeFileSync(at('phrase'), 'five random words make one\n');
    const args = ['restore', '-', '--passphrase-file', at('phrase'), '--to', at('piped')];
    const restored = await runVant(args, { ...forServer(at('piped-data')), input: made.bytes });
    expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('Restored: 2 members,') as string });
    const short = await runVant(['backup', '-', ...phrase], { ...forServer(), input: 'short\n' });
    expect(short).toMatchObject({ code: 2, stderr: expect.stringContaining('fewer than 12') as string });
  });

  it('of a stopped server need no other program than this one', async () => {
    await cp(at('piped-data'), at('stopped'), { recursive: true });
    const made = await runVant(['backup', at('cold.age'), '--recipient', recipient], forServer(at('stopped')));
    expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining('2 members,') as string });
    const nothing = await runVant(['backup', at('x.age'), '--recipient', recipient], forServer(at('nowhere')));
    expect(nothing).toMatchObject({ code: 1, stderr: expect.stringContaining('There are no data in') as string });
  });

  it.each([
    ['that is cut off', (path: string) => truncateSync(path, readFileSync(path).length - 100), /damaged, or cut off/],
    ['that was changed', (path: string) => flipByte(path, -5000), /damaged, or cut off/],
    ['whose beginning is gone', (path: string) => writeFileSync(path, 'not a backup'), /no age file/],
  ])('a file %s changes nothing', async (_, damage, words) => {
    await cp(backup, at('bad.age'));
    damage(at('bad.age'));
    const tried = await restoreTo('damaged', at('bad.age'));
    expect(tried).toMatchObject({ code: 1, stderr: expect.stringMatching(words) as string });
    expect(existsSync(at('damaged/vant.config.yaml'))).toBe(false);
    // What was begun is no hindrance for the good one.
    expect(await restoreTo('damaged', backup, '--force')).toMatchObject({ code: 0 });
  });

  it('do not open with another key', async () => {
    await runVant(['backup-key', at('other-key')]);
    const args = ['restore', backup, '--identity', at('other-key'), '--to', at('wrong')];
    const tried = await runVant(args, forServer(at('wrong-data')));
    expect(tried).toMatchObject({ code: 1, stderr: expect.stringContaining('does not open the backup') as string });
    expect(existsSync(at('wrong-data'))).toBe(false);
  });

  it('are not restored under a running server', async () => {
    const tried = await runVant(
      ['restore', backup, '--identity', at('key'), '--force', '--to', at('run')],
      forServer(),
    );
    expect(tried).toMatchObject({ code: 1, stderr: expect.stringContaining('in use by another Vant') as string });
    expect((await owner.call('listMembers')).members).toHaveLength(2);
  });

  it('that are killed at any moment leave a server that starts, and the next one is whole', async () => {
    await cp(at('piped-data'), at('killed'), { recursive: true });
    for (const delayMs of [150, 300, 450]) {
      const run = startVant(['backup', at('killed.age'), '--recipient', recipient], forServer(at('killed')));
      await killAfter(run, delayMs);
    }
    const started = await startAppliance({ dataDirectory: at('killed') });
    expect(started.ownerLink).toBeUndefined();
    await started.stop();
    const made = await runVant(['backup', at('killed.age'), '--recipient', recipient], forServer(at('killed')));
    expect(made.code).toBe(0);
    expect(await restoreTo('after-kills', at('killed.age'))).toMatchObject({ code: 0 });
    expect(existsSync(at('killed.age.part'))).toBe(false);
  });

  it('whose restoring is killed at any moment leave the old state or the new one, never half of it', async () => {
    const note = readFileSync(at('piped-data/restored.json'), 'utf8');
    const ownerAt = (url: string) => Object.assign(Object.create(RawDevice.prototype) as RawDevice, owner, { url });
    for (const delayMs of [200, 350, 500]) {
      const data = at('half');
      await removeDirectory(data);
      await cp(at('piped-data'), data, { recursive: true });
      const args = ['restore', backup, '--identity', at('key'), '--force', '--to', at('half-config')];
      await killAfter(startVant(args, forServer(data)), delayMs);
      const started = await startAppliance({ dataDirectory: data });
      const { members } = await ownerAt(started.url).call('listMembers');
      const isRestored = readFileSync(join(data, 'restored.json'), 'utf8') !== note;
      expect({ isRestored, members: members.length }).toEqual({ isRestored, members: isRestored ? 1 : 2 });
      await started.stop();
      expect(existsSync(join(data, '.restore/commit.json'))).toBe(false);
    }
  });
});

function flipByte(path: string, fromEnd: number): void {
  const bytes = readFileSync(path);
  const index = bytes.length + fromEnd;
  bytes[index] = bytes[index]! ^ 1;
  writeFileSync(path, bytes);
}

/** The moment is not what matters: any will do. */
async function killAfter({ child, ended }: VantRun, delayMs: number): Promise<void> {
  await Promise.race([ended, delay(delayMs)]);
  child.kill('SIGKILL');
  await ended;
}
