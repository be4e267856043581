/** The Debian package, under a real systemd. */
import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REPOSITORY } from '../support/appliance.ts';
import { Machine, PROGRAM } from './machine.ts';

let machine: Machine;
beforeAll(async () => {
  execFileSync(process.execPath, [join(REPOSITORY, 'scripts', 'run.js'), 'package-deb'], { stdio: 'ignore' });
  const [name = ''] = globSync('vant_*_amd64.deb', { cwd: dirname(PROGRAM) });
  machine = Machine.create('systemd');
  machine.copyIn(join(dirname(PROGRAM), name), 'root/vant.deb');
  await machine.boot();
});
afterAll(() => machine.remove());

describe('the Debian package', () => {
  test('installs a service that runs', async () => {
    await machine.must('dpkg -i /root/vant.deb');
    await machine.until('systemctl is-active -q vant');
    expect(await machine.must('stat -c "%U:%G %a" /etc/vant/vant.config.yaml')).toBe('root:vant 640\n');
    expect(await machine.must('cat /etc/vant/vant.config.yaml')).toContain('data_dir: "/var/lib/vant"');
    await machine.must('systemctl is-enabled vant vant-backup.timer');
    const { output } = await machine.run('vant install --yes');
    expect(output).toContain('Vant is installed as a package here.');
    expect((await machine.run('vant upgrade /root/vant.deb')).output).toContain('Use the package manager');
  });

  test('installed over itself keeps the configuration, and runs again', async () => {
    await machine.must('echo "# mine" >> /etc/vant/vant.config.yaml && dpkg -i /root/vant.deb');
    await machine.until('systemctl is-active -q vant');
    expect(await machine.must('tail -1 /etc/vant/vant.config.yaml')).toBe('# mine\n');
  });

  test('removed, it leaves the data; purged, nothing', async () => {
    await machine.must('dpkg -r vant');
    await machine.must('test -d /var/lib/vant/redis && test -e /etc/vant/vant.config.yaml && ! test -e /usr/bin/vant');
    await machine.must('dpkg -P vant');
    const left =
      'for path in /var/lib/vant /etc/vant /var/cache/vant /var/backups/vant; do ! test -e $path; done; ! getent passwd vant';
    await machine.must(left);
  });
});
