/** Runs programs for arm64 on this machine: the distribution's qemu, unpacked into the cache, with the cross compiler's C library. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Apt } from './apt.ts';
import { prepareToolchain } from './toolchain.ts';

export interface Emulator {
  readonly qemu: string;
  readonly libraries: string;
}

export async function prepareEmulator(cache: string, apt: Apt, report: (text: string) => void): Promise<Emulator> {
  const root = join(cache, 'qemu');
  if (!existsSync(root)) {
    const work = `${root}.new`;
    rmSync(work, { recursive: true, force: true });
    const packages = await apt.unpack(['qemu-user-static'], work);
    renameSync(work, root);
    report(`emulator: unpacked ${packages.join(', ')}`);
  }
  const { libraries } = await prepareToolchain('arm64', cache, apt, report);
  if (libraries === undefined) throw new Error('This machine is an arm64 one: nothing needs to be emulated.');
  return { qemu: join(root, 'usr', 'bin', 'qemu-aarch64-static'), libraries };
}
