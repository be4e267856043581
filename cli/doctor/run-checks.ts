import { EXIT, type ExitCode } from '../exit-codes.ts';
import { writeLine } from '../output.ts';
import { toJsonLine } from '../terminal-text.ts';
import { failure, type Check, type Finding } from './check.ts';

/** Runs them one after the other and prints what each has found. @returns ERROR when one of them says error. */
export async function runChecks(checks: readonly Check[], isJson: boolean): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.OK;
  for (const check of checks) {
    const startMs = performance.now();
    const finding = await check.run().catch(toFinding);
    const ms = Math.round(performance.now() - startMs);
    if (finding.status === 'error') exitCode = EXIT.ERROR;
    const { name, option } = check;
    await writeLine(isJson ? toJsonLine({ check: name, ...finding, option, ms }) : render(check, finding, ms));
  }
  return exitCode;
}

function render({ name, option }: Check, { status, seen, remedy }: Finding, ms: number): string {
  const line = `${status.padEnd(8)} ${name.padEnd(28)} ${seen} (${ms} ms)`;
  return remedy === undefined ? line : `${line}\n         = ${remedy}\n         = option ${option}`;
}

/** A check that fails instead of finding something. */
function toFinding(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  return failure(`the check itself failed: ${message}`, 'This is a mistake of Vant: please report it.');
}
