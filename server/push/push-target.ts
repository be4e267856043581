import { createHash } from 'node:crypto';
import type { PushAddress, PushKind, PushSubscriptionKeys } from '../../wire/schemas.ts';

export interface SubscriptionTarget extends PushSubscriptionKeys {
  readonly kind: 'webPush' | 'unifiedPush';
}

export interface ApnsTarget {
  readonly kind: 'apns';
  readonly token: string;
  readonly topic: string;
  readonly voipToken?: string;
  readonly sandbox?: boolean;
}

export interface FcmTarget {
  readonly kind: 'fcm';
  readonly token: string;
}

/** Where a device is woken. A secret: whoever has it can wake the device. */
export type PushTarget = SubscriptionTarget | ApnsTarget | FcmTarget;

/** From the shape of the contract. Undefined when it does not name exactly one. */
export function toPushTarget(address: PushAddress): PushTarget | undefined {
  const entries = Object.entries(address) as [PushKind, object][];
  const [entry] = entries;
  return entries.length === 1 && entry !== undefined ? ({ kind: entry[0], ...entry[1] } as PushTarget) : undefined;
}

const mainPartOf = (target: PushTarget): string => ('endpoint' in target ? target.endpoint : target.token);

/** For the device, to compare. */
export function hashPushTarget(target: PushTarget): string {
  return createHash('sha256').update(mainPartOf(target)).digest('base64url');
}

/** For the log: enough to see which lines belong together and which service it is, too little to push. */
export function toLoggedTarget(target: PushTarget): string {
  const tag = hashPushTarget(target).slice(0, 6);
  return 'endpoint' in target ? `${new URL(target.endpoint).hostname} ${tag}` : tag;
}
