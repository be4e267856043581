import type { Check } from '../../server/doctor/check.ts';
import { examine, type Examined } from '../../server/doctor/examine.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeLine } from '../output.ts';
import { toJsonLine } from '../terminal-text.ts';

/** Runs them one after the other and prints what each has found. @returns ERROR when one of them says error. */
export async function runChecks(checks: readonly Check[], isJson: boolean): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.OK;
  for (const check of checks) {
    const examined = await examine(check);
    if (examined.status === 'error') exitCode = EXIT.ERROR;
    await writeLine(isJson ? toJsonLine({ ...examined }) : render(examined));
  }
  return exitCode;
}

function render({ check, option, status, seen, remedy, ms }: Examined): string {
  const line = `${status.padEnd(8)} ${check.padEnd(28)} ${seen} (${ms} ms)`;
  return remedy === undefined ? line : `${line}\n         = ${remedy}\n         = option ${option}`;
}
