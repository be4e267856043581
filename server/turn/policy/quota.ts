import type { Quota } from '../core/ports.ts';

export interface QuotaLimits {
  readonly maxAllocations: number;
  readonly maxAllocationsPerUser: number;
  /** From one IPv4 address or IPv6 /64: an office, or a family. */
  readonly maxAllocationsPerAddress: number;
}

export function createQuota(limits: QuotaLimits): Quota {
  return ({ allocations, allocationsOfUser, allocationsOfSource }) => {
    if (allocations >= limits.maxAllocations) return 'server';
    const isExceeded =
      allocationsOfUser >= limits.maxAllocationsPerUser || allocationsOfSource >= limits.maxAllocationsPerAddress;
    return isExceeded ? 'user' : 'granted';
  };
}
