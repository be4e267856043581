import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSystemdFile, UNIT_NAMES } from '../../../cli/install/packaged-files.ts';
import { renderUnits } from '../../../cli/install/units-step.ts';
import { loadConfig } from '../../../config/load.ts';
import { SECRET_ENTRIES } from '../../../config/registry.ts';
import { REPOSITORY } from '../../support/appliance.ts';

const configOf = (env: Record<string, string>) => loadConfig({ env, cwd: tmpdir() }).config;
const SYSTEMD = '/usr/bin/systemd-analyze';

describe('the units', () => {
  test('give the service each secret that there is, by the name of its option', () => {
    const given = [...readSystemdFile('vant.service').matchAll(/^LoadCredential=(.*)$/gm)].map(([, name]) => name);
    expect(given.sort()).toEqual(SECRET_ENTRIES.map(({ path }) => path).sort());
  });

  test('are all in the list of what is installed', () => {
    const files = globSync('systemd/*.{service,socket,timer}', { cwd: REPOSITORY }).map((path) => path.slice(8));
    expect(files.sort()).toEqual([...UNIT_NAMES].sort());
  });

  test('listen where the configuration says, and write where the data are', () => {
    const units = renderUnits(
      configOf({
        VANT_SERVER_LISTEN: '[::]:443',
        VANT_STORAGE_DATA_DIR: '/srv/vant',
        VANT_ATTACHMENTS_DIRECTORY: '/mnt/files',
      }),
    );
    expect(units['vant.socket']).toContain('\nListenStream=[::]:443\n');
    for (const name of ['vant.service', 'vant-backup.service'] as const) {
      expect(units[name]).toContain('\nReadWritePaths=/srv/vant\nReadWritePaths=/mnt/files\n');
      expect(units[name]).toContain('\nRequiresMountsFor=/srv/vant /mnt/files\n');
    }
    const usual = renderUnits(configOf({ VANT_SERVER_LISTEN: '0.0.0.0:8420', VANT_STORAGE_DATA_DIR: '/var/lib/vant' }));
    expect(usual['vant.socket']).toContain('\nListenStream=0.0.0.0:8420\n');
    expect(usual['vant.service']).toBe(readSystemdFile('vant.service'));
  });

  test('leave out the socket that systemd could not open', () => {
    expect(renderUnits(configOf({ VANT_SERVER_LISTEN: 'localhost:8420' }))['vant.socket']).toBeUndefined();
    expect(renderUnits(configOf({ VANT_SERVER_LISTEN: '127.0.0.1:0' }))['vant.socket']).toBeUndefined();
  });

  // npm run test:install runs them under systemd itself.
  test.runIf(existsSync(SYSTEMD))(
    'systemd finds nothing wrong with them, and the service exposed less than 2.0',
    () => {
      const directory = mkdtempSync(join(tmpdir(), 'vant-units-'));
      try {
        for (const name of UNIT_NAMES) {
          const text = readFileSync(join(REPOSITORY, 'systemd', name), 'utf8');
          writeFileSync(join(directory, name), text.replaceAll('/usr/local/bin/vant', '/bin/true'));
        }
        const paths = UNIT_NAMES.map((name) => join(directory, name));
        expect(execFileSync(SYSTEMD, ['verify', '--man=no', ...paths], { encoding: 'utf8', stdio: 'pipe' })).toBe('');
        for (const name of ['vant.service', 'vant-backup.service']) {
          const report = execFileSync(SYSTEMD, ['security', '--offline=true', '--no-pager', join(directory, name)], {
            encoding: 'utf8',
          });
          expect(Number(/exposure level for \S+: ([\d.]+)/.exec(report)?.[1])).toBeLessThan(2);
        }
      } finally {
        rmSync(directory, { recursive: true });
      }
    },
  );
});
