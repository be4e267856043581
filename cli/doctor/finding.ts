/** What `vant doctor` is made of: examinations, each of which looks at one part of the server and tells what it has found. */
import type { LoadedConfig } from '../../config/load.ts';
import type { CommonOptions } from '../run-command.ts';

export type Status = 'ok' | 'warning' | 'error';

export interface Finding {
  /** What was looked at. */
  readonly check: string;
  readonly status: Status;
  /** What was seen, in one sentence. Never a secret, key or whole push address. */
  readonly seen: string;
  /** How to mend it; for all that is not ok. */
  readonly remedy?: string;
  /** The option that it is about, as it stands in the YAML file. */
  readonly option?: string;
  readonly ms?: number;
}

export interface DoctorContext {
  readonly loaded: LoadedConfig;
  /** Which identity of the terminal client to use, where one is needed. */
  readonly options: CommonOptions;
}

export interface Examination {
  /** Tells each thing as it is found. */
  examine(context: DoctorContext): AsyncIterable<Finding>;
}

export const ok = (check: string, seen: string): Finding => ({ check, status: 'ok', seen });

export function bad(
  status: 'warning' | 'error',
  check: string,
  seen: string,
  remedy: string,
  option?: string,
): Finding {
  return { check, status, seen, remedy, ...(option !== undefined && { option }) };
}
