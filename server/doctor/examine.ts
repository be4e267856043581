import { failure, type Check, type Finding } from './check.ts';

export interface Examined extends Finding {
  readonly check: string;
  readonly option: string;
  readonly ms: number;
}

/** Never throws: a check that fails instead of finding something is a finding, too. */
export async function examine({ name, option, run }: Check): Promise<Examined> {
  const startMs = performance.now();
  const finding = await run().catch(toFinding);
  return { check: name, ...finding, option, ms: Math.round(performance.now() - startMs) };
}

function toFinding(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  return failure(`the check itself failed: ${message}`, 'This is a mistake of Vant: please report it.');
}
