/** An examination as a list of checks, each of which looks at one thing. */
import type { Finding } from './finding.ts';

export type Outcome = Pick<Finding, 'status' | 'seen' | 'remedy'>;

export interface Check {
  readonly name: string;
  /** The option in the YAML file that it is about. */
  readonly option: string;
  run(): Promise<Outcome>;
}

export const ok = (seen: string): Outcome => ({ status: 'ok', seen });
export const warning = (seen: string, remedy: string): Outcome => ({ status: 'warning', seen, remedy });
export const failure = (seen: string, remedy: string): Outcome => ({ status: 'error', seen, remedy });

/** One after the other, with the time that each has taken. */
export async function* runChecks(checks: readonly Check[]): AsyncGenerator<Finding> {
  for (const { name, option, run } of checks) {
    const startMs = performance.now();
    const outcome = await run().catch(explainFailure);
    yield { check: name, ...outcome, option, ms: Math.round(performance.now() - startMs) };
  }
}

/** A check that fails instead of finding something. */
function explainFailure(error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  return failure(`the check itself failed: ${message}`, 'This is a mistake of Vant: please report it.');
}
