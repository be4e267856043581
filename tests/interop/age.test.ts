import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareAge } from '../../scripts/prepare-age.ts';
import { makeTemporaryDirectory, removeDirectory, startAppliance, type Appliance } from '../support/appliance.ts';
import { RawDevice } from '../support/raw-device.ts';
import { runVant } from '../support/vant-process.ts';

/** A backup can be opened without Vant, and one that went through other hands is still one. */
describe('backups and age', () => {
  let directory: string;
  let appliance: Appliance;
  let owner: RawDevice;
  let run: (program: 'age' | 'age-keygen', args: readonly string[], input?: Uint8Array) => Buffer;
  const at = (name: string) => join(directory, name);

  beforeAll(async () => {
    const age = await prepareAge(() => undefined);
    run = (program, args, input = new Uint8Array()) =>
      execFileSync(join(age.directory, program), args, { input, maxBuffer: 64 * 1024 * 1024, stdio: 'pipe' });
    directory = await makeTemporaryDirectory();
    writeFileSync(at('vant.config.yaml'), 'limits:\n  max_accounts: 7\n');
    appliance = await startAppliance({ dataDirectory: at('data'), env: { VANT_CONFIG: at('vant.config.yaml') } });
    owner = await RawDevice.join(appliance.url, appliance.ownerLink!);
  });
  afterAll(async () => {
    await appliance.stop();
    await removeDirectory(directory);
  });

  const backUp = async (file: string, recipient: string) => {
    const env = { VANT_STORAGE_DATA_DIR: appliance.dataDirectory, VANT_CONFIG: at('vant.config.yaml') };
    expect(await runVant(['backup', file, '--recipient', recipient], { env })).toMatchObject({ code: 0 });
  };

  it('our key is one of theirs, and what it opens is a tar archive', async () => {
    const { stdout } = await runVant(['backup-key', at('key')]);
    expect(run('age-keygen', ['-y', at('key')]).toString()).toBe(stdout);
    await backUp(at('a.age'), stdout.trim());
    const archive = run('age', ['-d', '-i', at('key'), at('a.age')]);
    const names = execFileSync('tar', ['-t'], { input: archive }).toString().trim().split('\n');
    expect(names[0]).toBe('manifest.json');
    expect(names).toEqual(expect.arrayContaining(['config/vant.config.yaml', 'data/secret.key', 'redis/000001.jsonl']));
    expect(names.at(-1)).toBe('summary.json');
    const config = execFileSync('tar', ['-xO', 'config/vant.config.yaml'], { input: archive });
    expect(config.toString()).toContain('max_accounts: 7');
    const records = execFileSync('tar', ['-xO', 'redis/000001.jsonl'], { input: archive }).toString();
    expect(records).toContain(`"account:{${owner.accountId}}"`);
  });

  it('their key serves us, and a file that they have sealed anew is restored, with its configuration', async () => {
    run('age-keygen', ['-o', at('theirs')]);
    const recipient = run('age-keygen', ['-y', at('theirs')])
      .toString()
      .trim();
    await backUp(at('b.age'), recipient);
    const archive = run('age', ['-d', '-i', at('theirs'), at('b.age')]);
    writeFileSync(at('c.age'), run('age', ['-r', recipient], archive));
    const restored = await runVant(['restore', at('c.age'), '--identity', at('theirs'), '--to', at('new')]);
    expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining(at('new/data')) as string });
    expect(readFileSync(at('new/vant.config.yaml'), 'utf8')).toContain('max_accounts: 7');
    const again = await startAppliance({
      dataDirectory: at('new/data'),
      env: { VANT_CONFIG: at('new/vant.config.yaml') },
    });
    const { members } = await Object.assign(owner, { url: again.url }).call('listMembers');
    expect(members.map(({ accountId }) => accountId)).toEqual([owner.accountId]);
    await again.stop();
  });
});
