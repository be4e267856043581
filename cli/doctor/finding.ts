/** What a check has to say: what was seen, and how to mend it. */
import type { LoadedConfig } from '../../config/load.ts';

export type Status = 'ok' | 'warning' | 'error';

export interface Finding {
  /** Such as `turn.udp`. */
  readonly check: string;
  readonly status: Status;
  /** One sentence. */
  readonly saw: string;
  /** What to do, where something is to be done. */
  readonly remedy?: string;
  /** The option that it is about, as it stands in the YAML file. */
  readonly option?: string;
}

export interface Check {
  /** As it is called: `vant doctor NAME`. */
  readonly name: string;
  readonly summary: string;
  run(loaded: LoadedConfig): Promise<readonly Finding[]>;
}

export const ok = (check: string, saw: string): Finding => ({ check, status: 'ok', saw });

export function bad(status: 'warning' | 'error', check: string, saw: string, remedy: string, option?: string): Finding {
  return { check, status, saw, remedy, ...(option !== undefined && { option }) };
}

/** The worst of all. */
export function worstStatus(findings: readonly Finding[]): Status {
  const has = (status: Status) => findings.some((finding) => finding.status === status);
  return has('error') ? 'error' : has('warning') ? 'warning' : 'ok';
}
