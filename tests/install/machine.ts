/** A Debian of its own: as a folder in which one command runs, or booted with its own systemd as process 1 (systemd-nspawn). */
import { execFileSync, spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
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
const NSPAWN = ['--register=no', '--keep-unit', '--quiet'];
/** Nothing of the machine around it. */
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin', HOME: '/root' };
const COMMAND_TIMEOUT_MS = 120_000;

/** A script that goes on while the test does something else. */
export interface RunningScript {
  output(): string;
  /** Resolves with the match. */
  untilOutput(pattern: RegExp, deadlineMs?: number): Promise<RegExpExecArray>;
  /** Closes its standard input, which it waits for with `read`, and waits for its end. */
  end(): Promise<Result>;
}

export interface Result {
  readonly code: number;
  readonly output: string;
}

export class Machine {
  readonly root: string;
  #boot: ChildProcess | undefined;
  #leader = 0;
  readonly #arguments: readonly string[];

  private constructor(root: string, namespacePath: string | undefined) {
    this.root = root;
    const network = namespacePath === undefined ? '--private-network' : `--network-namespace-path=${namespacePath}`;
    this.#arguments = [...NSPAWN, network, '-D', root];
  }

  /** @param kind `bare`: debootstrap's smallest; `systemd`: with an init
   * @param namespacePath of the network that it is in; by default it is alone */
  static create(kind: 'bare' | 'systemd', namespacePath?: string): Machine {
    const template = prepareTemplate(kind);
    const root = mkdtempSync(join(tmpdir(), 'vant-machine-'));
    execFileSync('cp', ['-a', '--reflink=auto', `${template}/.`, root]);
    // debootstrap leaves it to whoever installs.
    writeFileSync(join(root, 'etc', 'hosts'), '127.0.0.1 localhost\n::1 localhost\n');
    return new Machine(root, namespacePath);
  }

  copyIn(source: string, target: string): void {
    copyFileSync(source, join(this.root, target));
  }

  write(path: string, text: string, mode = 0o644): void {
    writeFileSync(join(this.root, path), text, { mode });
  }

  /** Runs a script in it, without booting. */
  runIn(script: string): Promise<Result> {
    return collect(spawn('systemd-nspawn', [...this.#arguments, '--pipe', '/bin/sh', '-euc', script]));
  }

  /** Starts a script in it, without booting. */
  start(script: string): RunningScript {
    const child = spawn('systemd-nspawn', [...this.#arguments, '--pipe', '/bin/sh', '-euc', script]);
    process.once('exit', () => child.kill('SIGKILL'));
    let text = '';
    const ended = collect(child, 0, (chunk) => (text += chunk));
    let isRunning = true;
    void ended.then(() => (isRunning = false));
    return {
      output: () => text,
      async untilOutput(pattern, deadlineMs = COMMAND_TIMEOUT_MS) {
        const found = await until(`${pattern}`, () => pattern.exec(text) ?? !isRunning, deadlineMs);
        if (found === true) throw new Error(`It ended before ${pattern}:\n${text}`);
        return found;
      },
      end() {
        child.stdin.end();
        return ended;
      },
    };
  }

  async boot(): Promise<void> {
    const child = spawn('systemd-nspawn', [...this.#arguments, '--boot'], {
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

  /** Runs a program of this machine in the network of the booted one, which has few programs. */
  spawnInNetwork(program: string, args: readonly string[]): ChildProcessWithoutNullStreams {
    const child = spawn('nsenter', ['-t', `${this.#leader}`, '-n', program, ...args], { env: { ...process.env } });
    process.once('exit', () => child.kill('SIGKILL'));
    return child;
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

/** @param timeoutMs 0: none */
async function collect(
  child: ChildProcess,
  timeoutMs = COMMAND_TIMEOUT_MS,
  onText: (text: string) => void = () => undefined,
): Promise<Result> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      onText(text);
    });
  }
  const late = timeoutMs === 0 ? undefined : setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(late);
  return { code: code ?? -1, output };
}
