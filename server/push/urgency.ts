import type { PushKind } from '../../wire/schemas.ts';

/** How soon a device should hear that mail waits. It is all that the bridge knows of the mail. */
export const URGENCIES = ['quiet', 'message', 'call'] as const;

/** `quiet`: receipts and the like, which nobody waits for. `call`: it rings. */
export type Urgency = (typeof URGENCIES)[number];

/** Browsers have to show something for every push, so what is not urgent does not go there. */
export const KINDS_WOKEN_QUIETLY: readonly PushKind[] = ['unifiedPush', 'apns', 'fcm'];

/** 1 to 3, as it is stored. */
export const toUrgencyLevel = (urgency: Urgency): number => URGENCIES.indexOf(urgency) + 1;

export function fromUrgencyLevel(level: number): Urgency {
  const urgency = URGENCIES[level - 1];
  if (urgency === undefined) throw new RangeError('not an urgency: expected 1 to 3');
  return urgency;
}

export function moreUrgent(a: Urgency | undefined, b: Urgency | undefined): Urgency | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return toUrgencyLevel(a) >= toUrgencyLevel(b) ? a : b;
}
