/** `npm run test:install`: what the packaged program does to a bare Debian, under a real systemd. It needs root, debootstrap and
 * systemd-nspawn (apt-get install debootstrap systemd-container), a Debian mirror for the first run, Chromium, and `npm run package -- x64`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { executableName } from './package/target.ts';
import { prepareChromium } from './prepare-chromium.ts';
import { ROOT, runProgram } from './run-program.ts';
import { findOnPath } from '../server/storage/embedded/find-on-path.ts';

const missing = ['debootstrap', 'systemd-nspawn', 'nsenter', 'dpkg-deb', 'ip'].filter(
  (name) => findOnPath([name], process.env).length === 0,
);
if (process.geteuid?.() !== 0)
  throw new Error('Run it as root: it makes and boots whole systems, in folders of their own.');
if (missing.length > 0)
  throw new Error(
    `Missing: ${missing.join(', ')}. apt-get install debootstrap systemd-container util-linux dpkg iproute2`,
  );
if (!existsSync(join(ROOT, '.build', 'package', executableName('x64')))) {
  throw new Error('There is no executable in .build/package: npm run package -- x64');
}
process.exitCode = await runProgram(
  'vitest',
  ['run', '--config', 'vitest.install.config.ts', ...process.argv.slice(2)],
  { VANT_CHROMIUM: await prepareChromium() },
);
