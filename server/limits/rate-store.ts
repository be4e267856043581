import type { StoredRecord } from '../records/record-source.ts';

/** A bucket of `count` tokens that refills evenly over `perMs`; 'off' for no limit. */
export type Rate = { readonly count: number; readonly perMs: number } | 'off';

export interface RateStore {
  /** Grants up to `wanted` tokens. `retryAfterMs` is when there will be one more. */
  take(
    scope: string,
    id: string,
    rate: Exclude<Rate, 'off'>,
    wanted: number,
  ): Promise<{ granted: number; retryAfterMs: number }>;
}

export interface RateInspector {
  /** The bucket as it is stored. Undefined while it is full. */
  inspect(scope: string, id: string): Promise<StoredRecord | undefined>;
}
