/** All checks of `vant doctor`, in the order in which they run. */
import type { Check } from './finding.ts';
import { turnCheck } from './turn/turn-check.ts';

export const CHECKS: readonly Check[] = [turnCheck];
