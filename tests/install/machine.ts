/** A Debian of its own: as a folder in which one command runs, or booted with its own systemd as process 1 (systemd-nspawn). */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCacheDirectory } from '../../server/storage-options.ts';
import { REPOSITORY } from '../support/appliance.ts';
import { until } from '../support/until.ts';

export const PROGRAM = join(REPOSITORY, '.build', 'package', 'vant-linux-x64');

const MIRROR = process.env['VANT_DEBIAN_MIRROR'] ?? 'http://deb.debian.org/debian';
const SUITE = 'bookworm';
const NSPAWN = ['--register=no', '--keep-unit', '--quiet', '--private-network'];
/** Nothing of the machine around it. */
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin', HOME: '/root' };
const COMMAND_TIMEOUT_MS = 120_000;

export interface Result {
  readonly code: number;
  readonly output: string;
}

export class Machine {
  readonly root: string;
  #boot: ChildProcess | undefined;
  #leader = 0;

  private constructor(root: string) {
    this.root = root;
  }

  /** @param kind `bare`: debootstrap's smallest; `systemd`: with an init */
  static create(kind: 'bare' | 'systemd'): Machine {
    const template = prepareTemplate(kind);
    const root = mkdtempSync(join(tmpdir(), 'vant-machine-'));
    execFileSync('cp', ['-a', '--reflink=auto', `${template}/.`, root]);
    // debootstrap leaves it to whoever installs.
    writeFileSync(join(root, 'etc', 'hosts'), '127.0.0.1 localhost\n::1 localhost\n');
    return new Machine(root);
  }

  copyIn(source: string, target: string): void {
    copyFileSync(source, join(this.root, target));
  }

  write(path: string, text: string, mode = 0o644): void {
    writeFileSync(join(this.root, path), text, { mode });
  }

  /** Runs a script in it, without booting. */
  runIn(script: string): Promise<Result> {
    return collect(spawn('systemd-nspawn', [...NSPAWN, '--pipe', '-D', this.root, '/bin/sh', '-euc', script]));
  }

  async boot(): Promise<void> {
    const child = spawn('systemd-nspawn', [...NSPAWN, '--boot', '-D', this.root], {
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    this.#boot = child;
    this.#leader = await until('the first process of the machine', () => findInit(child.pid ?? 0));
    await until(
      'systemd to have started all',
      async () => /running|degraded/.test((await this.run('systemctl is-system-running || true')).output),
      60_000,
    );
  }

  /** Runs a script in the booted machine. */
  run(script: string): Promise<Result> {
    return collect(
      spawn('nsenter', ['-t', `${this.#leader}`, '-a', '/bin/sh', '-euc', script], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: ENVIRONMENT,
      }),
    );
  }

  /** @throws Error with the output when it does not end with 0 */
  async must(script: string): Promise<string> {
    const { code, output } = await this.run(script);
    if (code !== 0) throw new Error(`${script}\nended with ${code}:\n${output}`);
    return output;
  }

  /** Waits until the command ends with 0. */
  async until(script: string, deadlineMs = 60_000): Promise<void> {
    await until(script, async () => (await this.run(script)).code === 0, deadlineMs);
  }

  async remove(): Promise<void> {
    if (this.#boot !== undefined && this.#boot.exitCode === null) {
      const ended = once(this.#boot, 'exit');
      await this.run('systemctl poweroff --force');
      const killer = setTimeout(() => this.#boot?.kill('SIGKILL'), 60_000);
      await ended;
      clearTimeout(killer);
    }
    rmSync(this.root, { recursive: true, force: true });
  }
}

function prepareTemplate(kind: 'bare' | 'systemd'): string {
  const template = join(findCacheDirectory(process.env), `debian-${SUITE}-${kind}`);
  if (existsSync(template)) return template;
  mkdirSync(join(template, '..'), { recursive: true });
  const work = mkdtempSync(`${template}.`);
  const include = kind === 'systemd' ? ['--include=systemd,systemd-sysv,dbus'] : [];
  execFileSync('debootstrap', ['--variant=minbase', ...include, SUITE, work, MIRROR], { stdio: 'ignore' });
  execFileSync('chmod', ['755', work]);
  renameSync(work, template);
  return template;
}

/** systemd-nspawn has helpers for a moment, too. */
function findInit(parent: number): number | undefined {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return children.map(Number).find((pid) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'systemd\n';
    } catch {
      return false;
    }
  });
}

async function collect(child: ChildProcess): Promise<Result> {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const late = setTimeout(() => child.kill('SIGKILL'), COMMAND_TIMEOUT_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(late);
  return { code: code ?? -1, output };
}
