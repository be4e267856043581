/** `npm run package:deb`: the Debian package of each executable that `npm run package` has made, in .build/package. dpkg-deb alone
 * makes it: one program, four units, and the scripts below. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UNIT_NAMES, readSystemdFile } from '../cli/install/packaged-files.ts';
import { PATHS } from '../cli/install/step.ts';
import { VERSION } from '../server/version.ts';
import { ARCHITECTURES, executableName, type Architecture } from './package/target.ts';
import { ROOT, runProgram } from './run-program.ts';

const OUTPUT = join(ROOT, '.build', 'package');
const DEBIAN_NAMES: Readonly<Record<Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };
const PROGRAM = '/usr/bin/vant';

const control = (architecture: string): string => `Package: vant
Version: ${VERSION}
Architecture: ${architecture}
Maintainer: The Vant developers <vant@localhost>
Section: net
Priority: optional
Depends: libc6 (>= 2.34), libstdc++6, libgcc-s1, systemd | systemd-standalone-sysusers
Recommends: ca-certificates, systemd
Description: end-to-end encrypted chat and calls for a small organization
 One program with everything in it: relay, web app, Redis, TURN, certificates.
 It serves this machine until /etc/vant/vant.config.yaml says otherwise:
 "vant init --file /etc/vant/vant.config.yaml --force" asks what it needs to know.
`;

const POSTINST = `#!/bin/sh
set -e
if [ "$1" = configure ]; then
  systemd-sysusers vant.conf
  systemd-tmpfiles --create vant.conf
  if [ ! -e ${PATHS.config} ]; then
    ${PROGRAM} init --yes --file ${PATHS.config} >/dev/null
  fi
  chown root:vant ${PATHS.config}
  chmod 640 ${PATHS.config}
  deb-systemd-helper enable vant.service vant-backup.timer >/dev/null || true
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    # A mistake in the configuration is the admin's to mend, and no reason for a half installed package.
    deb-systemd-invoke restart vant.service vant-backup.timer || echo "vant did not start: journalctl -u vant says why" >&2
  fi
fi
`;

const PRERM = `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  deb-systemd-invoke stop vant.socket vant.service vant-backup.timer || true
fi
`;

/** Data stay until the package is purged, as Debian has it. */
const POSTRM = `#!/bin/sh
set -e
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || true
fi
case "$1" in
  remove)
    rm -rf ${PATHS.cache}
    ;;
  purge)
    deb-systemd-helper purge vant.service vant.socket vant-backup.timer >/dev/null 2>&1 || true
    rm -rf ${PATHS.configDirectory} ${PATHS.data} ${PATHS.cache} ${PATHS.backups}
    if getent passwd vant >/dev/null; then userdel vant || true; fi
    ;;
esac
`;

async function packageFor(architecture: Architecture): Promise<void> {
  const executable = join(OUTPUT, executableName(architecture));
  const tree = mkdtempSync(join(tmpdir(), 'vant-deb-'));
  const write = (path: string, text: string, mode = 0o644) => {
    const target = join(tree, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    chmodSync(target, mode);
  };
  try {
    // dpkg-deb takes the modes of the tree; mkdtemp makes it private.
    chmodSync(tree, 0o755);
    write('DEBIAN/control', control(DEBIAN_NAMES[architecture]));
    for (const [name, text] of Object.entries({ postinst: POSTINST, prerm: PRERM, postrm: POSTRM })) {
      write(`DEBIAN/${name}`, text, 0o755);
    }
    write(PROGRAM, '', 0o755);
    copyFileSync(executable, join(tree, PROGRAM));
    chmodSync(join(tree, PROGRAM), 0o755);
    for (const name of UNIT_NAMES) {
      write(`usr/lib/systemd/system/${name}`, readSystemdFile(name).replaceAll(PATHS.program, PROGRAM));
    }
    write('usr/lib/sysusers.d/vant.conf', readSystemdFile('vant.sysusers.conf'));
    write('usr/lib/tmpfiles.d/vant.conf', readSystemdFile('vant.tmpfiles.conf'));
    write('usr/share/doc/vant/copyright', readFileSync(join(ROOT, 'LICENSE'), 'utf8'));
    const output = join(OUTPUT, `vant_${VERSION}_${DEBIAN_NAMES[architecture]}.deb`);
    if ((await runProgram('dpkg-deb', ['--root-owner-group', '-Zgzip', '--build', tree, output])) !== 0) {
      throw new Error('dpkg-deb failed: is it installed?');
    }
  } finally {
    rmSync(tree, { recursive: true });
  }
}

const made = ARCHITECTURES.filter((architecture) => existsSync(join(OUTPUT, executableName(architecture))));
if (made.length === 0) throw new Error('There is no executable in .build/package: npm run package makes them.');
for (const architecture of made) await packageFor(architecture);
