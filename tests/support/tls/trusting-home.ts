import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareHttpsProgram } from '../../../scripts/prepare-https-programs.ts';
import { createTestDirectory } from '../redis-process.ts';

/** A home directory whose Chromium trusts an authority, as that of a user who has imported it. @param authority PEM */
export async function createTrustingHome(authority: string): Promise<string> {
  const { path, env } = await prepareHttpsProgram('certutil', () => undefined);
  const home = createTestDirectory();
  const database = join(home, '.pki', 'nssdb');
  mkdirSync(database, { recursive: true });
  writeFileSync(join(home, 'authority.pem'), authority);
  const run = (...args: string[]) => {
    execFileSync(path, ['-d', `sql:${database}`, ...args], { env: { ...process.env, ...env }, stdio: 'pipe' });
  };
  run('-N', '--empty-password');
  run('-A', '-t', 'C,,', '-n', 'authority', '-i', join(home, 'authority.pem'));
  return home;
}
